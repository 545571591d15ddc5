/** The map's layers, in the colours of the theme. Only events are saturated; the ground stays two steps below them. */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { MapSettings, TileSet } from "../shared/api/index.ts";
import type { Token } from "../shared/placemap/style.ts";

/** What can be switched on and off, and the layers behind each. */
export const SWITCHES = {
  sites: ["site", "cell", "cell-n"],
  components: ["component", "component-name"],
  devices: ["device", "device-name"],
  grids: ["grid-fill", "grid-line", "grid-line-on", "village-line", "label-grid"],
  names: ["label-county", "label-township", "label-village", "road-name", "place-name"],
  patrol: ["patrol"],
  heat: ["heat"],
  done: ["event-done"],
} as const;

export type Switch = keyof typeof SWITCHES;

function vector(set: TileSet): { type: "vector"; tiles: string[]; minzoom: number; maxzoom: number } {
  return { type: "vector", tiles: [`${location.origin}${set.url}`], minzoom: set.minzoom, maxzoom: set.maxzoom };
}

const empty = { type: "FeatureCollection" as const, features: [] };

function byZoom(...stops: number[]): ExpressionSpecification {
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];
}

const ROUND = { "line-cap": "round", "line-join": "round" } as const;
const rankIs = (...ranks: string[]): ExpressionSpecification => ["in", ["get", "rank"], ["literal", ranks]];

function ground(token: Token): LayerSpecification[] {
  const road = (id: string, filter: ExpressionSpecification, colour: string, casing: string, width: number, minzoom: number): LayerSpecification[] => [
    { id: `${id}-case`, type: "line", source: "base", "source-layer": "road", minzoom, filter, layout: ROUND, paint: { "line-color": token(casing), "line-width": byZoom(9, width / 6, 14, width * 0.7, 17, width * 2 + 3) } },
    { id, type: "line", source: "base", "source-layer": "road", minzoom, filter, layout: ROUND, paint: { "line-color": token(colour), "line-width": byZoom(9, width / 8, 14, width * 0.55, 17, width * 2) } },
  ];
  return [
    { id: "land", type: "background", paint: { "background-color": token("--map-land") } },
    { id: "water", type: "fill", source: "base", "source-layer": "water", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": token("--map-river") } },
    { id: "stream", type: "line", source: "base", "source-layer": "water", filter: ["==", ["geometry-type"], "LineString"], layout: ROUND, paint: { "line-color": token("--map-river"), "line-width": byZoom(9, 1, 16, 8) } },
    {
      id: "grid-fill", type: "fill", source: "ground", "source-layer": "grid", minzoom: 12,
      paint: { "fill-color": token("--accent-text"), "fill-opacity": ["case", ["boolean", ["feature-state", "on"], false], 0.12, ["boolean", ["feature-state", "under"], false], 0.05, 0] },
    },
    { id: "patrol", type: "fill", source: "ground", "source-layer": "grid", minzoom: 12, layout: { visibility: "none" }, paint: { "fill-color": standing(token), "fill-opacity": 0.3 } },
    { id: "grid-line", type: "line", source: "ground", "source-layer": "grid", minzoom: 12, layout: ROUND, paint: { "line-color": token("--map-grid"), "line-width": byZoom(12, 0.5, 15, 1.1), "line-opacity": byZoom(12, 0.5, 14, 1) } },
    { id: "village-line", type: "line", source: "ground", "source-layer": "village", minzoom: 11, layout: ROUND, paint: { "line-color": token("--map-grid"), "line-width": byZoom(11, 0.6, 15, 1.8) } },
    ...road("street", rankIs("street", "rural"), "--map-road", "--map-road-c", 5, 12),
    ...road("arterial", rankIs("arterial", "expressway"), "--map-art", "--map-art-c", 8, 8),
    { id: "township-line", type: "line", source: "ground", "source-layer": "township", minzoom: 9, layout: ROUND, paint: { "line-color": token("--map-town"), "line-width": byZoom(9, 0.7, 15, 1.6), "line-dasharray": [6, 2.5, 1.2, 2.5] } },
    { id: "county-line", type: "line", source: "ground", "source-layer": "county", layout: ROUND, paint: { "line-color": token("--map-town"), "line-width": byZoom(8, 1.4, 15, 2.6) } },
    {
      id: "grid-line-on", type: "line", source: "ground", "source-layer": "grid", minzoom: 12, layout: ROUND,
      paint: { "line-color": token("--accent-text"), "line-width": 1.8, "line-dasharray": [4, 3], "line-opacity": ["case", ["boolean", ["feature-state", "on"], false], 1, 0] },
    },
  ];
}

/** How a grid stands by its patrol plans today; grids of which nothing is known stay as they are. */
function standing(token: Token): ExpressionSpecification {
  return ["match", ["to-string", ["feature-state", "patrol"]], "overdue", token("--over"), "due", token("--normal"), "visited", token("--done"), "rgba(0,0,0,0)"];
}

const FONT = ["Noto Sans CJK SC"];

function names(token: Token): LayerSpecification[] {
  const paint = { "text-color": token("--map-label"), "text-halo-color": token("--map-halo"), "text-halo-width": 1.6 };
  const level = (name: string, size: number, minzoom: number, maxzoom: number): LayerSpecification => ({
    id: `label-${name}`, type: "symbol", source: "ground", "source-layer": "label", minzoom, maxzoom,
    filter: ["==", ["get", "level"], name],
    layout: { "text-field": ["coalesce", ["get", "name"], ""], "text-size": size, "text-font": FONT, "text-padding": 8, "text-max-width": 9 },
    paint,
  });
  return [
    {
      id: "road-name", type: "symbol", source: "base", "source-layer": "road", minzoom: 13,
      layout: { "symbol-placement": "line", "text-field": ["coalesce", ["get", "name"], ""], "text-size": 12, "text-font": FONT, "text-letter-spacing": 0.12, "symbol-spacing": 380 },
      paint,
    },
    {
      id: "water-name", type: "symbol", source: "base", "source-layer": "water",
      layout: { "text-field": ["coalesce", ["get", "name"], ""], "text-size": byZoom(9, 13, 15, 18), "text-font": FONT, "text-letter-spacing": 0.5, "symbol-spacing": 900 },
      paint: { "text-color": token("--map-river-label"), "text-halo-color": token("--map-river"), "text-halo-width": 1 },
    },
    {
      id: "place-name", type: "symbol", source: "base", "source-layer": "place", minzoom: 15, filter: ["!", ["in", ["get", "kind"], ["literal", ["town", "village"]]]],
      layout: { "text-field": ["coalesce", ["get", "name"], ""], "text-size": 12, "text-font": FONT, "text-optional": true, "text-padding": 12 },
      paint: { ...paint, "text-opacity": 0.8 },
    },
    { ...level("grid", 11, 14.5, 24), paint: { ...paint, "text-opacity": 0.7 } } as LayerSpecification,
    level("village", 14, 12.5, 24),
    level("township", 15, 9, 13.5),
    level("county", 17, 7, 11),
  ];
}

function sites(token: Token): LayerSpecification[] {
  const shape: ExpressionSpecification = ["match", ["get", "cls"], ["traffic", "checkpoint"], "site-diamond", ["sector", "social"], "site-box", "site-dot"];
  return [
    {
      id: "cell", type: "circle", source: "sites", "source-layer": "cell", maxzoom: 14,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 4, 30, 16],
        "circle-color": token("--map-site"), "circle-opacity": byZoom(8, 0.1, 11, 0.16), "circle-stroke-color": token("--map-site"), "circle-stroke-width": 1, "circle-stroke-opacity": byZoom(8, 0.15, 11, 0.5),
      },
    },
    {
      id: "cell-n", type: "symbol", source: "sites", "source-layer": "cell", minzoom: 10, maxzoom: 14, filter: [">", ["get", "n"], 1],
      layout: { "text-field": ["to-string", ["get", "n"]], "text-size": 11, "text-font": FONT, "text-padding": 1 },
      paint: { "text-color": token("--map-label"), "text-halo-color": token("--map-halo"), "text-halo-width": 1.2, "text-opacity": 0.85 },
    },
    {
      id: "site", type: "symbol", source: "sites", "source-layer": "site", minzoom: 14,
      layout: { "icon-image": ["concat", shape, ["case", ["==", ["get", "state"], "offline"], "-off", ""]], "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-size": byZoom(14, 0.8, 18, 1.5) },
      paint: { "icon-opacity": ["case", ["==", ["get", "state"], "unknown"], 0.5, 0.85] },
    },
  ];
}

function components(token: Token): LayerSpecification[] {
  return [
    {
      id: "component", type: "circle", source: "components", "source-layer": "component", minzoom: 15, layout: { visibility: "none" },
      paint: { "circle-radius": byZoom(15, 2.4, 18, 5), "circle-color": token("--map-land"), "circle-stroke-color": token("--text-2"), "circle-stroke-width": 1.4 },
    },
    {
      id: "component-name", type: "symbol", source: "components", "source-layer": "component", minzoom: 17, layout: {
        visibility: "none", "text-field": ["coalesce", ["get", "code"], ""], "text-size": 10, "text-font": FONT, "text-anchor": "top", "text-offset": [0, 0.7], "text-optional": true,
      },
      paint: { "text-color": token("--map-label"), "text-halo-color": token("--map-halo"), "text-halo-width": 1.4 },
    },
  ];
}

function devices(token: Token): LayerSpecification[] {
  return [
    {
      id: "device", type: "symbol", source: "devices", "source-layer": "device", minzoom: 12, layout: {
        visibility: "none", "icon-image": ["match", ["get", "kind"], "button", "device-button", "door", "device-door", "device-other"],
        "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-size": byZoom(12, 0.7, 16, 1.2),
      },
    },
    {
      id: "device-name", type: "symbol", source: "devices", "source-layer": "device", minzoom: 16, layout: {
        visibility: "none", "text-field": ["coalesce", ["get", "code"], ""], "text-size": 10, "text-font": FONT, "text-anchor": "top", "text-offset": [0, 0.9], "text-optional": true,
      },
      paint: { "text-color": token("--map-label"), "text-halo-color": token("--map-halo"), "text-halo-width": 1.4 },
    },
  ];
}

function video(token: Token): LayerSpecification[] {
  const covers: ExpressionSpecification = ["boolean", ["get", "covers"], false];
  return [
    { id: "cone", type: "fill", source: "cones", minzoom: 12.5, filter: ["==", ["get", "kind"], "cone"], paint: { "fill-color": token("--accent-text"), "fill-opacity": ["case", covers, 0.22, 0.1] } },
    { id: "cone-line", type: "line", source: "cones", minzoom: 12.5, filter: ["==", ["get", "kind"], "cone"], paint: { "line-color": token("--accent-text"), "line-width": 1.2 } },
    { id: "reach", type: "line", source: "cones", minzoom: 12.5, filter: ["==", ["get", "kind"], "reach"], paint: { "line-color": token("--text-2"), "line-width": 1, "line-dasharray": [3, 5] } },
  ];
}

/** Event layers and, above them, the numbered channels; icons need `addImages` first. */
function events(token: Token, scale: number): LayerSpecification[] {
  const icon = { "icon-image": ["concat", "mark-", ["get", "mark"]] as ExpressionSpecification, "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["get", "rank"] as ExpressionSpecification };
  const size: ExpressionSpecification = byZoom(9, 0.62 * scale, 13, 0.9 * scale, 16, 1.1 * scale);
  return [
    {
      id: "heat", type: "heatmap", source: "events", layout: { visibility: "none" }, filter: ["!=", ["get", "mark"], "done"],
      paint: {
        "heatmap-radius": byZoom(8, 12, 14, 44), "heatmap-intensity": 0.6, "heatmap-opacity": 0.7,
        "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, "rgba(0,0,0,0)", 0.3, token("--selected"), 0.7, token("--accent"), 1, token("--accent-text")],
      },
    },
    { id: "event-done", type: "symbol", source: "events", filter: ["==", ["get", "mark"], "done"], layout: { ...icon, "icon-size": size } },
    {
      id: "event-halo", type: "circle", source: "events",
      paint: {
        "circle-radius": 17 * scale, "circle-color": token("--map-land"), "circle-stroke-color": token("--text"), "circle-stroke-width": 2,
        "circle-opacity": ["case", ["boolean", ["feature-state", "on"], false], 1, 0], "circle-stroke-opacity": ["case", ["boolean", ["feature-state", "on"], false], 1, ["boolean", ["feature-state", "under"], false], 0.5, 0],
      },
    },
    { id: "event", type: "symbol", source: "events", filter: ["!=", ["get", "mark"], "done"], layout: { ...icon, "icon-size": size } },
    {
      id: "event-name", type: "symbol", source: "events", filter: ["==", ["id"], -1],
      layout: { ...icon, "icon-size": 1.15 * scale, "text-field": ["get", "name"], "text-size": 15 * scale, "text-font": ["Noto Sans CJK SC Bold"], "text-anchor": "left", "text-offset": [1.5, 0], "text-allow-overlap": true },
      paint: { "text-color": token("--text"), "text-halo-color": token("--map-halo"), "text-halo-width": 2 },
    },
    {
      id: "event-flag", type: "symbol", source: "events", minzoom: 11, filter: ["!=", ["get", "flag"], ""],
      layout: { "icon-image": ["concat", "flag-", ["get", "flag"]], "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-size": scale, "icon-offset": [13, -12] },
    },
    {
      id: "channel", type: "symbol", source: "channels", minzoom: 12.5,
      layout: { "icon-image": ["get", "icon"], "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-size": scale },
    },
  ];
}

/** Tilesets that a reader may have nothing of. */
const PARTLY = ["sites", "components", "devices"];

/** The whole style. `scale` enlarges marks for the wall. */
export function mapStyle(settings: MapSettings, token: Token, scale: number): StyleSpecification {
  const tiles = settings.tiles;
  const layers = [...ground(token), ...components(token), ...sites(token), ...devices(token), ...names(token), ...video(token), ...events(token, scale)];
  return {
    version: 8,
    sources: {
      base: vector(tiles.base),
      ground: vector(tiles.ground),
      ...(tiles.sites ? { sites: vector(tiles.sites) } : {}),
      ...(tiles.components ? { components: vector(tiles.components) } : {}),
      ...(tiles.devices ? { devices: vector(tiles.devices) } : {}),
      events: { type: "geojson", data: empty },
      channels: { type: "geojson", data: empty },
      cones: { type: "geojson", data: empty },
    },
    layers: layers.filter((layer) => !("source" in layer) || !(PARTLY.includes(layer.source) && !tiles[layer.source as keyof MapSettings["tiles"]])),
  };
}
