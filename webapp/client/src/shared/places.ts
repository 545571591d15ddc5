/** Places by name: what the matcher of addresses answers, for the address of a ticket and for what somebody types. */
import { useEffect, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type Box, type Placement } from "./api/index.ts";

const REST_MS = 180;
/** About 400 m around a spot, in degrees of latitude. */
const AROUND = 0.004;

/** What a map shows of a place: a region whole, a spot with the streets around it. */
export function boxOf(place: Placement): Box {
  if (place.bbox) return place.bbox;
  return [place.lng - AROUND, place.lat - AROUND, place.lng + AROUND, place.lat + AROUND];
}

/** The box around all of these spots, with some ground beside them; null for none. */
export function boxAround(places: readonly Placement[]): Box | null {
  if (places.length === 0) return null;
  const lngs = places.map((one) => one.lng);
  const lats = places.map((one) => one.lat);
  return [Math.min(...lngs) - AROUND, Math.min(...lats) - AROUND, Math.max(...lngs) + AROUND, Math.max(...lats) + AROUND];
}

/** Where to look for what an address names; null where it names nothing that we know. */
export async function placeNamed(address: string): Promise<{ bbox: Box } | null> {
  if (address.trim() === "") return null;
  const [first] = await api.addresses(address);
  return first ? { bbox: boxOf(first) } : null;
}

export interface Found {
  readonly places: readonly Placement[];
  readonly asking: boolean;
  readonly problem: ApiProblem | null;
}

const NOTHING: Found = { places: [], asking: false, problem: null };

/** The places that `typed` may mean, asked once typing has rested; an older answer never overtakes a newer. */
export function usePlaces(typed: string, near: { lng: number; lat: number } | null = null): Found {
  const [found, setFound] = useState<Found>(NOTHING);
  const text = typed.trim();
  const { lng, lat } = near ?? { lng: null, lat: null };
  useEffect(() => {
    if (text.length < 2) {
      setFound(NOTHING);
      return undefined;
    }
    const stop = new AbortController();
    setFound((old) => ({ ...old, asking: true }));
    const timer = setTimeout(() => {
      api.addresses(text, lng === null ? null : { lng, lat }, stop.signal).then(
        (places) => setFound({ places, asking: false, problem: null }),
        (thrown: unknown) => {
          if (!stop.signal.aborted) setFound({ places: [], asking: false, problem: asProblem(thrown) });
        },
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, lng, lat]);
  return found;
}

/** "群众街 005", "群众街社区网格5": what names the village, and the number of the grid in it; null without a number. */
export function gridTyped(typed: string): { village: string; number: string } | null {
  const found = /^(.*?[^\d\s])\s*(?:网格|grid)?\s*(\d{1,3})$/i.exec(typed.trim());
  const [, village = "", number = ""] = found ?? [];
  return village === "" ? null : { village: village.replace(/(?:网格|grid)$/i, "").trim(), number: number.padStart(3, "0") };
}

/** The code of a grid whose village and number were typed, among the villages that fit that name. */
export function gridCode(number: string, villages: readonly Placement[]): string | null {
  const village = villages.find((one) => one.kind === "village");
  return village ? `${village.code.slice(0, 12)}${number}` : null;
}
