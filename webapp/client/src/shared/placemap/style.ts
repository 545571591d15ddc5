/* The quiet ground of a small map: water, roads, grids and a few names, in the colours of the page's tokens. */
import type { StyleSpecification } from "maplibre-gl";
import type { MapSettings, TileSet } from "../api/index.ts";

/** Reads a colour token, e.g. "--map-land". */
export type Token = (name: string) => string;

/** The tokens of the page as it is now (theme included). */
export function pageTokens(): Token {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim() || "#808080";
}

function tiles(set: TileSet, origin: string): { type: "vector"; tiles: string[]; minzoom: number; maxzoom: number } {
  return { type: "vector", tiles: [`${origin}${set.url}`], minzoom: set.minzoom, maxzoom: set.maxzoom };
}

/** A style with sources `base`, `ground` and empty ones, `place` for the accuracy circle and `dots` for points. Text is drawn with the reader's own fonts. */
export function placeStyle(settings: MapSettings, token: Token, origin: string): StyleSpecification {
  const halo = { "text-halo-color": token("--map-halo"), "text-halo-width": 1.5 };
  const font = ["Noto Sans CJK SC Regular"];
  return {
    version: 8,
    sources: {
      base: tiles(settings.tiles.base, origin),
      ground: tiles(settings.tiles.ground, origin),
      place: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
      dots: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
    },
    layers: [
      { id: "land", type: "background", paint: { "background-color": token("--map-land") } },
      { id: "water", type: "fill", source: "base", "source-layer": "water", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": token("--map-river") } },
      {
        id: "stream", type: "line", source: "base", "source-layer": "water", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("--map-river"), "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1, 16, 8] },
      },
      { id: "grid", type: "line", source: "ground", "source-layer": "grid", minzoom: 12, paint: { "line-color": token("--map-grid"), "line-width": 1 } },
      { id: "township", type: "line", source: "ground", "source-layer": "township", paint: { "line-color": token("--map-town"), "line-width": 1.2, "line-dasharray": [5, 2, 1, 2] } },
      {
        id: "road-case", type: "line", source: "base", "source-layer": "road", layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("--map-road-c"), "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 10, 1, 17, 11] },
      },
      {
        id: "road", type: "line", source: "base", "source-layer": "road", layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("--map-road"), "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 10, 0.6, 17, 9] },
      },
      {
        id: "road-name", type: "symbol", source: "base", "source-layer": "road", minzoom: 14,
        layout: { "symbol-placement": "line", "text-field": ["coalesce", ["get", "name"], ""], "text-size": 11, "text-font": font },
        paint: { "text-color": token("--map-label"), ...halo },
      },
      { id: "own-grid", type: "line", source: "ground", "source-layer": "grid", filter: ["==", ["get", "code"], ""], paint: { "line-color": token("--accent-text"), "line-width": 2 } },
      { id: "place-dot", type: "circle", source: "base", "source-layer": "place", minzoom: 11, paint: { "circle-radius": 2, "circle-color": token("--map-town") } },
      {
        id: "place-name", type: "symbol", source: "base", "source-layer": "place", minzoom: 11,
        layout: { "text-field": ["coalesce", ["get", "name"], ""], "text-size": 11, "text-font": font, "text-anchor": "top", "text-offset": [0, 0.4], "text-padding": 8 },
        paint: { "text-color": token("--map-label"), ...halo },
      },
      {
        id: "ground-name", type: "symbol", source: "ground", "source-layer": "label",
        layout: { "text-field": ["coalesce", ["get", "name"], ""], "text-size": 12, "text-font": font, "text-padding": 6 },
        paint: { "text-color": token("--map-label"), ...halo },
      },
      {
        id: "own-grid-name", type: "symbol", source: "ground", "source-layer": "grid", maxzoom: 14, filter: ["==", ["get", "code"], ""], // from there on every grid has its name
        layout: { "text-field": ["coalesce", ["get", "name"], ""], "text-size": 12, "text-font": font, "text-anchor": "top", "text-offset": [0, 1.6] },
        paint: { "text-color": token("--accent-text"), ...halo },
      },
      {
        id: "dots-none", type: "circle", source: "dots", filter: ["==", ["get", "kind"], "none"],
        paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 2.5, 13, 7], "circle-opacity": 0, "circle-stroke-color": token("--near-mark"), "circle-stroke-width": 2 },
      },
      {
        id: "dots-two", type: "circle", source: "dots", filter: ["==", ["get", "kind"], "two"],
        paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 3, 13, 8], "circle-color": token("--over"), "circle-stroke-color": token("--map-land"), "circle-stroke-width": 1 },
      },
      { id: "accuracy", type: "fill", source: "place", paint: { "fill-color": token("--accent-text"), "fill-opacity": 0.14 } },
      { id: "accuracy-edge", type: "line", source: "place", paint: { "line-color": token("--accent-text"), "line-width": 1 } },
    ],
  };
}
