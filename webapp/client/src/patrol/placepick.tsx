/* The place: where the phone says it is, how sure, and a map to put it right. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, type Box, type GridAt, type Me } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import type { Spot } from "../shared/placemap/engine.ts";
import { GridName } from "../shared/placemap/gridname.tsx";
import { PlaceMap } from "../shared/placemap/placemap.tsx";
import { usePlaces } from "../shared/places.ts";
import { Button, FieldError, Note } from "../shared/ui/index.ts";
import { type Fix, locate, type Refusal } from "./locate.ts";
import type { Patrol } from "./model.ts";
import type { Place, Report } from "./report.ts";

/** Why the phone can't say where it is, and what to do about it. */
export function refusalWords(why: Refusal): string {
  const words: Record<Refusal, string> = {
    insecure: gettext("This page came without encryption, so the browser gives no position. Mark the place on the map."),
    denied: gettext("The browser may not use your position. Allow it in the browser's settings for this page, or mark the place on the map."),
    unavailable: gettext("This phone gives no position now. Mark the place on the map."),
    timeout: gettext("No position within 20 seconds. Step into the open and try again, or mark the place on the map."),
  };
  return words[why];
}

/** Why somebody may not report what lies in a grid, as the server would say; "" where it is theirs to report. */
export function notYours(me: Pick<Me, "grids" | "posts">, grid: GridAt["grid"]): string {
  if (me.grids.some((own) => own.code === grid.code)) return "";
  const accepting = me.posts.filter((post) => post.role === "acceptor");
  if (accepting.some((post) => grid.path.startsWith(post.path))) return "";
  return me.grids.length > 0 ? gettext("not your grid; its own officer can report here.") : gettext("outside the region of your post.");
}

/** Whether a new fix should replace the place of a report: never what a hand put there, else the more exact one. */
export function better(present: Place | null, fresh: Place): boolean {
  if (!present || present.by === "picture") return true;
  return present.by === "phone" && (fresh.accuracy_m ?? Infinity) < (present.accuracy_m ?? Infinity);
}

function useFix(patrol: Patrol, report: Report, again: number): Fix {
  const [fix, setFix] = useState<Fix>({ kind: "seeking" });
  const id = report.client_id;
  const settled = report.place?.by === "hand";
  const change = useRef(patrol.change);
  change.current = patrol.change;
  useEffect(() => {
    if (settled && again === 0) return undefined;
    const browser: Partial<Navigator> = navigator;
    return locate(
      (told) => {
        setFix(told);
        if (told.kind === "fixed") change.current(id, (old) => (better(old.place, told.place) ? { ...old, place: told.place } : old));
      },
      { secure: isSecureContext, ...(browser.geolocation ? { geolocation: browser.geolocation } : {}) },
    );
  }, [id, settled, again]);
  return fix;
}

/** The middle of the officer's own grid, for a first look at the map. */
function useOwnGround(code: string | undefined): Box | null {
  const [box, setBox] = useState<Box | null>(null);
  useEffect(() => {
    if (code === undefined) return;
    api.grid(code).then((grid) => setBox(grid.bbox), () => undefined);
  }, [code]);
  return box;
}

export function PlacePick({ patrol, report, error }: { patrol: Patrol; report: Report; error: string }) {
  const [again, setAgain] = useState(0);
  const [moving, setMoving] = useState(false);
  const fix = useFix(patrol, report, again);
  const ground = useOwnGround(patrol.me.grids[0]?.code);
  const { place } = report;
  const set = (chosen: Place): void => patrol.change(report.client_id, (old) => ({ ...old, place: chosen, failure: old.failure?.field === "point" ? null : old.failure }));
  const fromPicture = place ? null : report.pictures.find((picture) => picture.point)?.point;
  return (
    <section class="field" aria-labelledby="place-label">
      <span class="label" id="place-label">
        {gettext("Place")}
      </span>
      {error && <FieldError>{error}</FieldError>}
      <div class="placebox">
        <PlaceMap key={ground ? "own" : "home"} spot={place} box={ground} use="look" label={gettext("Where it is")} />
      </div>
      <div class="row between placeline">
        <span class="grow">
          <PlaceWords me={patrol.me} place={place} seeking={fix.kind === "seeking"} onName={(grid) => grid !== report.grid && patrol.change(report.client_id, (old) => ({ ...old, grid }))} />
        </span>
        <Button kind="quiet" class="linkbtn" onClick={() => setMoving(true)}>
          {place ? gettext("Move it") : gettext("Mark on the map")}
        </Button>
      </div>
      {!place && fix.kind === "refused" && <RefusedFix why={fix.why} onAgain={() => setAgain(again + 1)} />}
      {fromPicture && (
        <Button icon="camera" onClick={() => set({ ...fromPicture, accuracy_m: null, by: "picture" })}>
          {gettext("Use the place that the photo says")}
        </Button>
      )}
      {moving && (
        <MovePlace
          me={patrol.me}
          start={place}
          box={ground}
          onUse={(spot) => {
            set({ lng: spot.lng, lat: spot.lat, accuracy_m: null, by: "hand" });
            setMoving(false);
          }}
          onClose={() => setMoving(false)}
        />
      )}
    </section>
  );
}

function PlaceWords({ me, place, seeking, onName }: { me: Me; place: Place | null; seeking: boolean; onName: (grid: string) => void }) {
  if (!place) return <span class="dim">{seeking ? gettext("Asking the phone where it is") : gettext("No place chosen yet")}</span>;
  return (
    <>
      <GridName spot={place} figures={false} onName={onName} barred={(grid) => notYours(me, grid)} /> <Certainty place={place} />
    </>
  );
}

function RefusedFix({ why, onAgain }: { why: Refusal; onAgain: () => void }) {
  return (
    <Note kind="near" icon="locate">
      {refusalWords(why)}{" "}
      {why !== "insecure" && (
        <button type="button" class="linkbtn" onClick={onAgain}>
          {gettext("Ask the phone again")}
        </button>
      )}
    </Note>
  );
}

function Certainty({ place }: { place: Place }) {
  if (place.by === "hand") return <span class="dim nobreak">{gettext("marked by hand")}</span>;
  if (place.by === "picture") return <span class="dim nobreak">{gettext("as the photo says")}</span>;
  const metres = place.accuracy_m ?? 0;
  return <span class={metres <= 30 ? "is-done nobreak" : "is-near nobreak"}>{say("within %(metres)s m", { metres })}</span>;
}

/** Back closes what was opened over the screen, and leaves the screen; closed by a button, its entry goes with it. */
function useBackCloses(onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    let open = true;
    const back = (): void => {
      open = false;
      close.current();
    };
    history.pushState({ over: true }, "");
    addEventListener("popstate", back);
    return () => {
      removeEventListener("popstate", back);
      if (open && (history.state as { over?: boolean } | null)?.over) history.back();
    };
  }, []);
}

const MOST_FOUND = 5;

/** Finds a place by name or address and moves the ground there; what lies near comes first. */
function PlaceSearch({ near, onFound }: { near: { lng: number; lat: number } | null; onFound: (spot: Spot) => void }) {
  const [typed, setTyped] = useState("");
  const [from] = useState(near);
  const { places, asking, problem } = usePlaces(typed, from);
  const shown = places.slice(0, MOST_FOUND);
  const words = problem ? gettext("No line: move the map by hand.") : asking || typed.trim().length < 2 ? "" : gettext("No place of this name. Move the map by hand.");
  return (
    <div class="movemap-find">
      <input class="input" type="search" enterkeyhint="search" value={typed} aria-label={gettext("Find a place or address")} placeholder={gettext("Find a place or address")} onInput={(event) => setTyped(event.currentTarget.value)} />
      {typed !== "" && shown.length === 0 && words !== "" && <p class="small dim">{words}</p>}
      {typed !== "" && shown.length > 0 && (
        <ul aria-label={gettext("Places that fit")}>
          {shown.map((place) => (
            <li key={`${place.path}${place.name}${place.lng}`}>
              <button
                type="button"
                class="movemap-found"
                onClick={() => {
                  onFound({ lng: place.lng, lat: place.lat, accuracy_m: null });
                  setTyped("");
                }}
              >
                <strong>{place.name}</strong> <span class="dim small">{place.place}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function middleOf([west, south, east, north]: Box): { lng: number; lat: number } {
  return { lng: (west + east) / 2, lat: (south + north) / 2 };
}

/** A map over the whole screen, at first of the own grid: the ground moves under the pin. */
function MovePlace({ me, start, box, onUse, onClose }: { me: Me; start: Place | null; box: Box | null; onUse: (spot: Spot) => void; onClose: () => void }) {
  const [spot, setSpot] = useState<Spot | null>(start);
  const [target, setTarget] = useState<Spot | null>(null);
  const [refused, setRefused] = useState(false);
  const jump = (found: Spot): void => {
    setTarget(found);
    setSpot(found);
  };
  const dialog = useRef<HTMLDialogElement>(null);
  useBackCloses(onClose);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="movemap"
      aria-label={gettext("Move the map until the pin stands on the place")}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="movemap-box">
        <p class="movemap-head">{gettext("Move the map until the pin stands on the place")}</p>
        <PlaceSearch near={start ?? (box && middleOf(box))} onFound={jump} />
        <div class="movemap-ground">
          <PlaceMap key={box ? "own" : "home"} spot={spot} box={box} use="centre" label={gettext("Map to move under the pin")} onChoose={setSpot} target={target} outlined={me.grids.map((grid) => grid.code)} />
        </div>
        <div class="pact">
          <span>
            <GridName spot={spot} figures={false} onRefused={setRefused} barred={(grid) => notYours(me, grid)} />
          </span>
          <div class="two">
            <Button onClick={onClose}>{gettext("Cancel")}</Button>
            <Button kind="primary" disabled={!spot || refused} onClick={() => spot && onUse(spot)}>
              {gettext("It is here")}
            </Button>
          </div>
        </div>
      </div>
    </dialog>
  );
}
