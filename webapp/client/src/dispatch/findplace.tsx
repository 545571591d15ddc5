/* A map to click a place on, which opens over the place that the address names and moves to what is searched. */
import { useEffect, useState } from "preact/hooks";
import { api, type Box, type Region } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import type { Spot } from "../shared/placemap/engine.ts";
import { PlaceMap } from "../shared/placemap/placemap.tsx";
import { gridTyped, ownRegions, ownVillages, placeNamed, regionsFor } from "../shared/places.ts";
import { toast } from "../shared/ui/index.ts";

const MOST = 40;

export function FindPlace({ address, spot, onChoose }: { address: string; spot: Spot | null; onChoose: (spot: Spot | null) => void }) {
  const [box, setBox] = useState<Box | null | undefined>(spot ? null : undefined);
  const [known, setKnown] = useState<Region[]>([]);
  const [typed, setTyped] = useState("");
  useEffect(() => {
    let gone = false;
    placeNamed(address).then(
      (found) => !gone && setBox((old) => (old === undefined ? (found?.bbox ?? null) : old)),
      () => !gone && setBox((old) => old ?? null),
    );
    return () => {
      gone = true;
    };
  }, [address]);
  const load = (): void => {
    if (known.length === 0) void Promise.all([ownRegions(), ownVillages()]).then(([regions, villages]) => setKnown([...regions, ...villages]), () => undefined);
  };
  const go = async (): Promise<void> => {
    const code = /^\d{15}$/.test(typed.trim()) ? typed.trim() : gridTyped(typed, known);
    const found = code === null ? null : await api.grid(code).catch(() => null);
    const target = found?.bbox ?? regionsFor(typed, known, 1)[0]?.bbox;
    if (!target) {
      toast(gettext("No place of this name on your ground"), { kind: "near" });
      return;
    }
    onChoose(null); /* the old point is out of sight */
    setBox(target);
  };
  return (
    <div class="findplace">
      <form
        class="row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void go();
        }}
      >
        <input class="input grow" type="search" list="findplace-names" value={typed} aria-label={gettext("Find a township, village or grid")} placeholder={gettext("Find a township, village or grid")} onFocus={load} onInput={(event) => setTyped(event.currentTarget.value)} />
        <datalist id="findplace-names">
          {regionsFor(typed, known, MOST).map((one) => (
            <option key={one.path} value={one.name} />
          ))}
        </datalist>
        <button type="submit" class="btn">
          {gettext("Go there")}
        </button>
      </form>
      <div class="findplace-map">{box !== undefined && <PlaceMap key={box?.join() ?? ""} spot={spot} box={box} use="click" label={gettext("Map to click the place on")} onChoose={onChoose} />}</div>
    </div>
  );
}
