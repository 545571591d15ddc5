/* The map of the coverage page: the regions of one level, each in the shade of its coverage. Loaded only with the page. */
import "maplibre-gl/dist/maplibre-gl.css";
import { type ExpressionSpecification, Map as Engine, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Box, CoverageRow, MapSettings } from "../shared/api/index.ts";
import { pageTokens, placeStyle } from "../shared/placemap/style.ts";
import { shadeOf } from "./coverageshades.ts";

setWorkerUrl(workerUrl);

/** From which zoom the tiles hold the shapes of a level. */
const FROM_ZOOM: Record<string, number> = { county: 7, township: 9, village: 11, grid: 12 };

/** An open map. `remove` frees it. */
export interface CoverageMap {
  show(rows: readonly CoverageRow[], box: Box): void;
  restyle(): void;
  remove(): void;
}

/** Draws the map into `container`, which must have a size; `onPick` is told the path of a region that was clicked. */
export function openCoverageMap(container: HTMLElement, settings: MapSettings, onPick: (path: string) => void): CoverageMap {
  let shown: readonly CoverageRow[] = [];
  const style = (): StyleSpecification => withShades(placeStyle(settings, pageTokens(), location.origin), shown);
  const map = new Engine({ container, style: style(), bounds: settings.home.bbox, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 16, minZoom: 7 });
  map.touchZoomRotate.disableRotation();
  const codeAt = (point: { x: number; y: number }): string => {
    const found = map.getLayer("coverage") ? map.queryRenderedFeatures([point.x, point.y], { layers: ["coverage"] })[0] : undefined;
    return String(found?.properties["code"] ?? "");
  };
  map.on("click", (event) => {
    const row = shown.find((one) => one.code === codeAt(event.point));
    if (row && row.level !== "grid") onPick(row.path);
  });
  return {
    show(rows, [west, south, east, north]) {
      shown = rows;
      map.setStyle(style(), { diff: true });
      map.setMinZoom(FROM_ZOOM[rows[0]?.level ?? ""] ?? 7);
      map.fitBounds([west, south, east, north], { padding: 16, animate: false });
    },
    restyle: () => map.setStyle(style(), { diff: false }),
    remove: () => map.remove(),
  };
}

function withShades(style: StyleSpecification, rows: readonly CoverageRow[]): StyleSpecification {
  const level = rows[0]?.level;
  if (level === undefined) return style;
  const token = pageTokens();
  const colours = rows.flatMap((row) => [row.code, token(`--${shadeOf(row)}`)]);
  const colour = ["match", ["get", "code"], ...colours, "rgba(0,0,0,0)"] as unknown as ExpressionSpecification;
  const at = style.layers.findIndex((layer) => layer.id === "grid");
  style.layers.splice(
    at,
    0,
    { id: "coverage", type: "fill", source: "ground", "source-layer": level, paint: { "fill-color": colour, "fill-opacity": 0.42 } },
    { id: "coverage-edge", type: "line", source: "ground", "source-layer": level, paint: { "line-color": token("--map-town"), "line-width": 1 } },
  );
  return style;
}
