/* Where is it? What the address may mean as numbered pins and a list, a search, and a map to click or to drag the pin on. */
import { useEffect, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type Box, type Placement } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { type KeyBinding, useKeys } from "../shared/keys.ts";
import type { Spot } from "../shared/placemap/engine.ts";
import { PlaceMap } from "../shared/placemap/placemap.tsx";
import { gridCode, gridTyped, usePlaces } from "../shared/places.ts";
import { cls, Kbd, Note, SkeletonRows, toast } from "../shared/ui/index.ts";

const MOST = 9;

interface Offers {
  readonly places: readonly Placement[] | null;
  readonly problem: ApiProblem | null;
  readonly again: () => void;
}

const NONE: readonly Placement[] = [];

/** What the address of event `no`, or else the words `address`, may mean. */
function useOffers(no: string | undefined, address: string): Offers {
  const [places, setPlaces] = useState<readonly Placement[] | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setPlaces(null);
    setProblem(null);
    const asked = no !== undefined ? api.placements(no, stop.signal) : address.trim() === "" ? Promise.resolve([]) : api.addresses(address, null, stop.signal);
    asked.then(
      (found) => setPlaces(found.slice(0, MOST)),
      (thrown: unknown) => {
        if (stop.signal.aborted) return;
        setPlaces([]);
        setProblem(asProblem(thrown));
      },
    );
    return () => stop.abort();
  }, [no, address, turn]);
  return { places, problem, again: () => setTurn(turn + 1) };
}

/** Gives the chosen spot, or null while only the ground to look at was chosen. `no`: the event whose address it is. */
export function FindPlace({ no, address, spot, onChoose }: { no?: string; address: string; spot: Spot | null; onChoose: (spot: Spot | null) => void }) {
  const { places, problem, again } = useOffers(no, address);
  const [typed, setTyped] = useState("");
  const [box, setBox] = useState<Box | null>(null);
  const [target, setTarget] = useState<Spot | null>(null);
  const searched = usePlaces(typed);
  const searching = typed.trim().length > 1;
  const offers = (searching ? searched.places : places ?? NONE).slice(0, MOST);
  const shown = useSteady(offers);

  const choose = (place: Placement): void => {
    if (place.bbox) {
      onChoose(null); /* a region is where to look, not where it is */
      setBox(place.bbox);
      return;
    }
    const found = { lng: place.lng, lat: place.lat, accuracy_m: place.reach_m };
    setTarget(found);
    onChoose(found);
  };
  useOfferKeys(shown, choose);
  const go = async (): Promise<void> => {
    const grid = /^\d{15}$/.test(typed.trim()) ? typed.trim() : gridCodeOf(typed, searched.places);
    const found = grid === null ? null : await api.grid(grid).catch(() => null);
    if (found) {
      onChoose(null);
      setBox(found.bbox);
    } else if (offers[0]) choose(offers[0]);
    else if (!searched.asking) toast(gettext("No place of this name on your ground"), { kind: "near" });
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
        <input class="input grow" type="search" value={typed} aria-label={gettext("Find a place, road, village or grid")} placeholder={gettext("Find a place, road, village or grid")} onInput={(event) => setTyped(event.currentTarget.value)} />
        <button type="submit" class="btn">
          {gettext("Go there")}
        </button>
      </form>
      <OfferList offers={shown} waiting={searching ? searched.asking && offers.length === 0 : places === null} problem={searching ? searched.problem : problem} again={again} spot={spot} searching={searching} onPick={choose} />
      <div class="findplace-map">
        <PlaceMap key={box?.join() ?? ""} spot={spot} box={box} use="click" label={gettext("Map to click the place on")} onChoose={onChoose} offers={shown} onOffer={choose} target={target} />
      </div>
    </div>
  );
}

function gridCodeOf(typed: string, places: readonly Placement[]): string | null {
  const numbered = gridTyped(typed);
  return numbered && gridCode(numbered.number, places);
}

/** The same list as before while it holds the same places, so that the map does not move under the pointer. */
function useSteady(offers: readonly Placement[]): readonly Placement[] {
  const [kept, setKept] = useState(offers);
  const same = kept.length === offers.length && kept.every((one, at) => one.lng === offers[at]?.lng && one.lat === offers[at].lat && one.name === offers[at].name);
  useEffect(() => {
    if (!same) setKept(offers);
  }, [same, offers]);
  return same ? kept : offers;
}

function useOfferKeys(offers: readonly Placement[], choose: (place: Placement) => void): void {
  const group = gettext("Places that fit");
  const bindings = offers.map((offer, at): KeyBinding => ({ keys: String(at + 1), label: offer.name, group, inDialog: true, run: () => choose(offer) }));
  useKeys(bindings, offers.length > 0);
}

function OfferList({ offers, waiting, problem, again, spot, searching, onPick }: { offers: readonly Placement[]; waiting: boolean; problem: ApiProblem | null; again: () => void; spot: Spot | null; searching: boolean; onPick: (place: Placement) => void }) {
  if (waiting) return <SkeletonRows rows={3} columns={[20, 180]} />;
  if (problem) {
    return (
      <Note kind="over" icon="alert">
        {problem.detail}{" "}
        <button type="button" class="linkbtn" onClick={again}>
          {gettext("Look again")}
        </button>
      </Note>
    );
  }
  if (offers.length === 0) {
    return <p class="offers-none small dim">{searching ? gettext("No place of this name. Click the place on the map.") : gettext("The address names no place that we know. Search above, or click the place on the map.")}</p>;
  }
  return (
    <ol class="offers" aria-label={gettext("Places that fit")}>
      {offers.map((offer, at) => (
        <li key={`${offer.path}${offer.name}${offer.lng}`}>
          <button type="button" class={cls("offer", chosen(offer, spot) && "is-chosen")} aria-pressed={chosen(offer, spot)} onClick={() => onPick(offer)}>
            <Kbd>{String(at + 1)}</Kbd>
            <span class="grow">
              <strong>{offer.name}</strong> <span class="dim small">{`${offer.kind_label} · ${offer.place}`}</span>
              <span class="offer-why small dim">{offer.why.join(" · ")}</span>
            </span>
            <span class="offer-score" title={gettext("How well it fits, from 0 to 100")}>
              {Math.round(offer.score * 100)}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function chosen(offer: Placement, spot: Spot | null): boolean {
  return spot !== null && offer.lng === spot.lng && offer.lat === spot.lat;
}
