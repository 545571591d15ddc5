/* A small map in a page: a place to look at, or to choose. Says so in words where the map can't be drawn. */
import "./placemap.css";
import type { FeatureCollection } from "geojson";
import { useEffect, useRef } from "preact/hooks";
import { type Box, type Placement, api } from "../api/index.ts";
import { gettext } from "../i18n.ts";
import { boxAround } from "../places.ts";
import type { Spot, Use } from "./engine.ts";
import { useMap } from "./usemap.ts";

const TARGET_ZOOM = 15.5;
/** The map opens over the best few: a tenth guess on the other side of the city would show nothing of the first. */
const SHOWN_TOGETHER = 3;

/** A map around `spot` (one to look at follows it), or around `box` (the reader's own ground when null) while there is no spot yet. */
export function PlaceMap(props: {
  readonly spot: Spot | null;
  readonly box?: Box | null;
  readonly use: Use;
  readonly label: string;
  /** Points to show with their `kind`: "none" as rings, "two" filled. */
  readonly dots?: FeatureCollection;
  readonly onChoose?: (spot: Spot) => void;
  /** Places to choose among, as numbered pins; a click on one chooses it. */
  readonly offers?: readonly Placement[];
  readonly onOffer?: (offer: Placement) => void;
  /** What to move to: a new one moves the map. */
  readonly target?: Spot | null;
  /** Codes of grids to outline; a map to look at outlines the place's own. */
  readonly outlined?: readonly string[];
}) {
  const { spot, use, offers, target } = props;
  const latest = useRef(props);
  latest.current = props;
  const { holder, map, broken } = useMap(
    () => import("./engine.ts"),
    (engine, container, settings) =>
      engine.openPlaceMap({
        container,
        settings,
        spot: latest.current.spot,
        box: latest.current.box ?? settings.home.bbox,
        use,
        pin: pinElement(),
        onChoose: (chosen) => latest.current.onChoose?.(chosen),
      }),
    use,
  );

  const { dots } = props;
  useEffect(() => {
    if (map && dots) map.dots(dots);
  }, [map, dots]);

  const codes = props.outlined?.join(" ") ?? "";
  useEffect(() => {
    if (map && codes) map.outline(codes.split(" "));
  }, [map, codes]);

  const { lng, lat, accuracy_m } = spot ?? { lng: null, lat: null, accuracy_m: null };
  useEffect(() => {
    if (!map) return;
    const shown = lng === null ? null : { lng, lat, accuracy_m };
    map.show(shown);
  }, [map, lng, lat, accuracy_m]);
  useEffect(() => {
    if (!map || !offers) return;
    const pins = offers.map((offer, at) => pinOffered(offer, at + 1, () => latest.current.onOffer?.(offer)));
    map.offer(pins, offers.map((one) => ({ lng: one.lng, lat: one.lat, accuracy_m: null })), boxAround(offers.slice(0, SHOWN_TOGETHER)));
  }, [map, offers]);
  useEffect(() => {
    if (map && target) map.go(target, TARGET_ZOOM);
  }, [map, target]);
  const framed = useRef<Box[]>([]); // the place's grid, and what is shown of it
  useEffect(() => {
    if (!map || lng === null || use !== "look" || stays(framed.current, lng, lat)) return undefined;
    let gone = false;
    map.go({ lng, lat, accuracy_m: null });
    api.gridAt(lng, lat).then(
      ({ grid, bbox }) => {
        if (gone) return;
        map.outline([grid.code]);
        framed.current = [bbox, map.frame(bbox)];
      },
      () => undefined, // outside the city, or no line: the place itself is shown
    );
    return () => {
      gone = true;
    };
  }, [map, use, lng, lat]);

  return (
    <div class="placemap" role="group" aria-label={props.label}>
      <div class="placemap-ground" ref={holder} />
      {use === "centre" && !broken && <span class="placemap-cross place-pin" aria-hidden="true" />}
      {use === "click" && map && (
        <button type="button" class="btn placemap-here" onClick={() => props.onChoose?.(map.centre())}>
          {gettext("Use the middle of the map")}
        </button>
      )}
      {broken && <p class="placemap-words small dim">{gettext("The map can't be shown now. The place is kept as figures.")}</p>}
    </div>
  );
}

/** Whether the map stays where it is: the place lies in every one of the boxes that it was framed by. */
function stays(boxes: readonly Box[], lng: number, lat: number): boolean {
  return boxes.length > 0 && boxes.every(([west, south, east, north]) => lng >= west && lng <= east && lat >= south && lat <= north);
}

/** A numbered pin. It is not a stop of the keyboard: the list beside the map holds the same places. */
function pinOffered(offer: Placement, number: number, choose: () => void): HTMLElement {
  const pin = document.createElement("span");
  pin.className = "offer-pin";
  pin.textContent = String(number);
  pin.title = offer.name;
  pin.setAttribute("aria-hidden", "true");
  pin.addEventListener("click", (event) => {
    event.stopPropagation();
    choose();
  });
  return pin;
}

function pinElement(): HTMLElement {
  const pin = document.createElement("span");
  pin.className = "place-pin";
  return pin;
}
