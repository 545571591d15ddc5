/* One small MapLibre map for showing or choosing a place. Loaded only when a page shows one: the engine is large. */
import "maplibre-gl/dist/maplibre-gl.css";
import { type GeoJSONSource, Map as Engine, Marker, setWorkerUrl } from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Box, MapSettings } from "../api/index.ts";
import { sector } from "../geo.ts";
import { pageTokens, placeStyle } from "./style.ts";

/** A point of the map, WGS 84 degrees, with the accuracy in metres where it is known. */
export interface Spot {
  readonly lng: number;
  readonly lat: number;
  readonly accuracy_m: number | null;
}

/** How the reader may use the map: look at it, click a place, or move the ground under a pin fixed in the middle. */
export type Use = "look" | "click" | "centre";

/** An open map. `remove` frees it. */
export interface OpenMap {
  show(spot: Spot | null): void;
  go(spot: Spot, zoom?: number): void;
  /** Outlines the grids with these codes. */
  outline(codes: readonly string[]): void;
  /** Shows a grid's box whole with something of its neighbours, or of a large one what lies around the middle; the ground that is shown. */
  frame(box: Box): Box;
  /** Shows these points. */
  dots(points: FeatureCollection): void;
  /** Numbered pins of places to choose among; `look` shows the ground around all of them. */
  offer(pins: readonly HTMLElement[], spots: readonly Spot[], look: Box | null): void;
  centre(): Spot;
  /** Takes the colours of the page as they are now. */
  restyle(): void;
  remove(): void;
}

/** Until the grid of a place is known: its neighbours are in sight, and a road in the villages too. */
const FIRST_ZOOM = 14;
/** Where a hand chooses the place: near enough to know the corner. */
const CHOOSING_ZOOM = 15.5;
/** A small grid in town is not shown larger than this: something that one knows must be in sight. */
const NEAREST_ZOOM = 16;
/** A large grid in the hills is shown from no farther away than this: the way to the place must be in sight. */
const FARTHEST_ZOOM = 12.5;
/** The share of the grid's size that is shown of its neighbours on each side. */
const AROUND = 0.25;

setWorkerUrl(workerUrl);

/** Draws the map into `container`, which must have a size. `onChoose` is told each place that the reader chooses by hand. */
export function openPlaceMap(options: {
  readonly container: HTMLElement;
  readonly settings: MapSettings;
  readonly spot: Spot | null;
  readonly box: Box;
  readonly use: Use;
  readonly pin: HTMLElement;
  readonly onChoose: (spot: Spot) => void;
}): OpenMap {
  const { settings, spot, box, use, onChoose } = options;
  const map = new Engine({
    container: options.container,
    style: placeStyle(settings, pageTokens(), location.origin),
    ...(spot ? { center: [spot.lng, spot.lat] as [number, number], zoom: use === "look" ? FIRST_ZOOM : CHOOSING_ZOOM } : { bounds: box }),
    interactive: use !== "look",
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxZoom: 19,
    minZoom: 8,
  });
  map.touchZoomRotate.disableRotation();
  const marker = new Marker({ element: options.pin, draggable: use === "click" });
  let offered: Marker[] = [];
  const middle = (): Spot => ({ lng: map.getCenter().lng, lat: map.getCenter().lat, accuracy_m: null });
  let shown = spot;
  let outlined: readonly string[] = [];
  let points: FeatureCollection = { type: "FeatureCollection", features: [] };
  const drawDots = (): void => void map.getSource<GeoJSONSource>("dots")?.setData(points);
  const outline = (): void => {
    for (const layer of ["own-grid", "own-grid-name"]) if (map.getLayer(layer)) map.setFilter(layer, ["in", ["get", "code"], ["literal", [...outlined]]]);
  };

  const draw = (): void => {
    if (shown && use !== "centre") marker.setLngLat([shown.lng, shown.lat]).addTo(map);
    else marker.remove();
    const source = map.getSource<GeoJSONSource>("place");
    const ring = shown?.accuracy_m ? sector([shown.lng, shown.lat], shown.accuracy_m, 0, 360, 48) : null;
    void source?.setData({
      type: "FeatureCollection",
      features: ring ? [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } }] : [],
    });
  };
  map.on("style.load", () => {
    draw();
    drawDots();
    outline();
  });
  if (use === "click") map.on("click", ({ lngLat }) => onChoose({ lng: lngLat.lng, lat: lngLat.lat, accuracy_m: null }));
  marker.on("dragend", () => {
    const { lng, lat } = marker.getLngLat();
    onChoose({ lng, lat, accuracy_m: null });
  });
  if (use === "centre") map.on("moveend", (moved) => moved.originalEvent && onChoose(middle()));
  return {
    show(next) {
      shown = next;
      draw();
    },
    go(target, zoom = FIRST_ZOOM) {
      map.jumpTo({ center: [target.lng, target.lat], zoom });
    },
    outline(codes) {
      outlined = codes;
      outline();
    },
    frame(own) {
      const camera = map.cameraForBounds(widened(own), { maxZoom: NEAREST_ZOOM });
      if (camera?.zoom !== undefined && camera.zoom >= FARTHEST_ZOOM) map.jumpTo(camera);
      else map.setZoom(FARTHEST_ZOOM);
      const [[west, south], [east, north]] = map.getBounds().toArray();
      return [west, south, east, north];
    },
    dots(next) {
      points = next;
      drawDots();
    },
    offer(pins, spots, look) {
      for (const old of offered) old.remove();
      offered = pins.flatMap((element, at) => {
        const place = spots[at];
        return place ? [new Marker({ element, anchor: "bottom" }).setLngLat([place.lng, place.lat]).addTo(map)] : [];
      });
      if (look) map.fitBounds(look, { maxZoom: NEAREST_ZOOM, padding: 24, animate: false });
    },
    centre: middle,
    restyle: () => map.setStyle(placeStyle(settings, pageTokens(), location.origin), { diff: false }),
    remove: () => map.remove(),
  };
}

/** A box with some of what lies around it. */
export function widened([west, south, east, north]: Box): [number, number, number, number] {
  const [wide, high] = [(east - west) * AROUND, (north - south) * AROUND];
  return [west - wide, south - high, east + wide, north + high];
}
