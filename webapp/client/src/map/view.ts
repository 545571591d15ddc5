/** The map itself: one engine, told what to show and telling what was clicked. Knows no page. */
import "maplibre-gl/dist/maplibre-gl.css";
import { type GeoJSONSource, Map as Engine, type MapLayerMouseEvent, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Feature, FeatureCollection } from "geojson";
import type { Box, ChannelRow, EventRow, MapSettings } from "../shared/api/index.ts";
import { sector } from "../shared/geo.ts";
import { gettext, pgettext } from "../shared/i18n.ts";
import type { EventFeed, FeedDelta } from "../shared/live/feed.ts";
import { nextTurn } from "../shared/marks.ts";
import { pageTokens } from "../shared/placemap/style.ts";
import { watchTheme } from "../shared/theme.ts";
import { serverNow } from "../shared/ticking.ts";
import { addImages, NUMBERED } from "./images.ts";
import { type Camera, collection, type EventFeature, featureOf } from "./model.ts";
import { mapStyle, type Switch, SWITCHES } from "./style.ts";

setWorkerUrl(workerUrl);

/** What was clicked. */
export interface Clicks {
  event: (id: number) => void;
  channel: (code: string) => void;
  site: (code: string) => void;
  component: (code: string) => void;
  device: (id: string) => void;
  grid: (code: string) => void;
  nothing: () => void;
  moved: (camera: Camera) => void;
  /** The ground is there for the first time. */
  drawn: () => void;
  /** A tile's address has run out: the day or the rights have changed. */
  stale: () => void;
}

const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };
const GRID_DIGITS = 15;
const ASK_AGAIN_MS = 30_000;

/** Channels near the selected event, in the order of their numbers. */
export interface Around {
  centre: { lng: number; lat: number };
  metres: number;
  channels: ChannelRow[];
}

export class MapView {
  readonly #map: Engine;
  readonly #feed: EventFeed;
  readonly #clicks: Clicks;
  readonly #leave: (() => void)[] = [];
  readonly #hidden = new Set<Switch>(["heat", "components", "devices", "patrol"]);
  #settings: MapSettings;
  #ready = false;
  #asked = 0;
  #event: number | null = null;
  #grid: string | null = null;
  #around: Around | null = null;
  #patrol: readonly { id: number; status: string }[] = [];
  #keep: (row: EventRow) => boolean = () => true;
  #under: { source: string; sourceLayer?: string; id: number } | null = null;
  #turn: ReturnType<typeof setTimeout> | undefined;
  #picking: ((point: { lng: number; lat: number } | null) => void) | null = null;

  constructor(options: { container: HTMLElement; scale: HTMLElement; settings: MapSettings; camera: Camera | null; feed: EventFeed; clicks: Clicks }) {
    this.#settings = options.settings;
    this.#feed = options.feed;
    this.#clicks = options.clicks;
    const camera = options.camera;
    this.#map = new Engine({
      container: options.container,
      style: this.#style(),
      ...(camera ? { center: [camera.lng, camera.lat] as [number, number], zoom: camera.zoom } : { bounds: options.settings.home.bbox, fitBoundsOptions: { padding: 24 } }),
      minZoom: 7,
      maxZoom: 19,
      maxPitch: 0,
      attributionControl: false,
      keyboard: true,
      fadeDuration: 100,
      locale: { "Map.Title": gettext("Map"), "ScaleControl.Meters": pgettext("scale", "m"), "ScaleControl.Kilometers": pgettext("scale", "km") },
    });
    this.#map.touchZoomRotate.disableRotation();
    const scale = new ScaleControl({ maxWidth: 110, unit: "metric" });
    options.scale.replaceChildren(scale.onAdd(this.#map));
    this.#listen();
    void this.#map.once("load", () => this.#clicks.drawn());
    this.#leave.push(watchTheme(() => this.#restyle()));
    this.#leave.push(this.#feed.watch((delta) => this.#take(delta)));
  }

  remove(): void {
    clearTimeout(this.#turn);
    for (const leave of this.#leave) leave();
    this.#map.remove();
  }

  /** New tile addresses. */
  renew(settings: MapSettings): void {
    const moved = JSON.stringify(settings.tiles) !== JSON.stringify(this.#settings.tiles);
    this.#settings = settings;
    if (moved) this.#restyle();
  }

  zoomBy(step: number): void {
    this.#map.zoomTo(this.#map.getZoom() + step);
  }

  north(): void {
    this.#map.resetNorth();
  }

  /** Whether the map shows so much ground that no single place can be told on it. */
  isFar(): boolean {
    return this.#map.getZoom() < 13;
  }

  fit(box: Box): void {
    this.#map.fitBounds(box, { padding: 40, maxZoom: 16, duration: 400 });
  }

  /** Brings a point into view; `near` also comes close to it. */
  show(point: { lng: number; lat: number }, near: boolean): void {
    const inside = this.#map.getBounds().contains([point.lng, point.lat]);
    const zoom = this.#map.getZoom();
    if (inside && (!near || zoom >= 15)) return;
    this.#map.easeTo({ center: [point.lng, point.lat], zoom: near ? Math.max(zoom, 16) : zoom, duration: 400 });
  }

  /** The next click tells a point instead of selecting; null when Escape or another call ends it. */
  pick(): Promise<{ lng: number; lat: number } | null> {
    this.cancelPick();
    this.#map.getCanvas().style.cursor = "crosshair";
    return new Promise((resolve) => {
      this.#picking = resolve;
    });
  }

  cancelPick(): void {
    this.#map.getCanvas().style.cursor = "";
    this.#picking?.(null);
    this.#picking = null;
  }

  select(event: number | null, grid: string | null): void {
    if (this.#ready) {
      this.#mark("events", this.#event, false);
      this.#mark("grid", this.#grid === null ? null : Number(this.#grid), false);
    }
    this.#event = event;
    this.#grid = grid;
    this.#drawSelection();
  }

  /** Shows the marks of these rows only. */
  only(keep: (row: EventRow) => boolean): void {
    this.#keep = keep;
    if (this.#ready) this.#drawAll();
  }

  around(around: Around | null): void {
    this.#around = around;
    this.#drawAround();
  }

  toggle(layer: Switch, on: boolean): void {
    if (on) this.#hidden.delete(layer);
    else this.#hidden.add(layer);
    if (this.#ready) this.#drawSwitches();
  }

  /** How grids stand by their patrol plans today, by the grids' ids in the tiles. */
  patrol(rows: readonly { id: number; status: string }[]): void {
    this.#patrol = rows;
    if (this.#ready) this.#drawPatrol();
  }

  #drawPatrol(): void {
    for (const { id, status } of this.#patrol) this.#map.setFeatureState({ source: "ground", sourceLayer: "grid", id }, { patrol: status });
  }

  #style(): ReturnType<typeof mapStyle> {
    return mapStyle(this.#settings, pageTokens(), document.documentElement.dataset["size"] === "wall" ? 1.3 : 1);
  }

  #restyle(): void {
    this.#ready = false;
    this.#map.setStyle(this.#style(), { diff: false });
  }

  #listen(): void {
    const map = this.#map;
    map.on("style.load", () => this.#fill());
    map.on("click", (click) => this.#clicked(click));
    map.on("mousemove", (move) => this.#hover(move));
    map.on("moveend", () => this.#clicks.moved({ zoom: map.getZoom(), lat: map.getCenter().lat, lng: map.getCenter().lng }));
    map.on("error", (failure) => {
      const status = (failure.error as { status?: number } | undefined)?.status;
      if (status === 404 || status === 403) this.#askAnew();
    });
  }

  /** A whole screen of tiles runs out at once: one question in half a minute is enough. */
  #askAnew(): void {
    if (serverNow() - this.#asked < ASK_AGAIN_MS) return;
    this.#asked = serverNow();
    this.#clicks.stale();
  }

  #fill(): void {
    this.#ready = true;
    addImages(this.#map, pageTokens());
    this.#drawAll();
    this.#drawSelection();
    this.#drawAround();
    this.#drawSwitches();
    this.#drawPatrol();
  }

  #source(name: string): GeoJSONSource | undefined {
    return this.#map.getSource<GeoJSONSource>(name);
  }

  #drawAll(): void {
    void this.#source("events")?.setData(collection([...this.#feed.rows.values()].filter(this.#keep), serverNow()));
    this.#planTurn();
  }

  /** The feed tells at most every 250 ms, so this is one update of the source for each of its batches. */
  #take(delta: FeedDelta): void {
    if (!this.#ready) return;
    if (delta.reset) {
      this.#drawAll();
      return;
    }
    this.#update(delta.changed, delta.removed);
    this.#planTurn();
  }

  #update(rows: EventRow[], removed: number[]): void {
    const now = serverNow();
    const features = rows.map((row) => (this.#keep(row) ? featureOf(row, now) : null));
    const gone = rows.filter((_, index) => features[index] === null).map((row) => row.id);
    void this.#source("events")?.updateData({ add: features.filter((one): one is EventFeature => one !== null), remove: [...removed, ...gone] });
    if (rows.some((row) => row.id === this.#event)) this.#drawSelection();
  }

  /** Marks also change by time alone: the next such moment is known, nothing polls. */
  #planTurn(): void {
    clearTimeout(this.#turn);
    const now = serverNow();
    const turn = nextTurn(this.#feed.rows.values(), now);
    if (turn === Infinity) return;
    this.#turn = setTimeout(() => {
      const then = serverNow();
      const turned = [...this.#feed.rows.values()].filter((row) => changedBetween(row, now, then));
      this.#update(turned, []);
      this.#planTurn();
    }, Math.min(turn - now + 50, 3_600_000));
  }

  #mark(what: "events" | "grid", id: number | null, on: boolean): void {
    if (id === null) return;
    const target = what === "events" ? { source: "events", id } : { source: "ground", sourceLayer: "grid", id };
    this.#map.setFeatureState(target, { on });
  }

  #drawSelection(): void {
    if (!this.#ready) return;
    this.#mark("events", this.#event, true);
    this.#mark("grid", this.#grid === null ? null : Number(this.#grid), true);
    this.#map.setFilter("event-name", ["==", ["id"], this.#event ?? -1]);
  }

  #drawAround(): void {
    if (!this.#ready) return;
    const around = this.#around;
    void this.#source("channels")?.setData(around ? numbered(around.channels) : NOTHING);
    void this.#source("cones")?.setData(around ? cones(around) : NOTHING);
  }

  #drawSwitches(): void {
    for (const [name, layers] of Object.entries(SWITCHES)) {
      const visibility = this.#hidden.has(name as Switch) ? "none" : "visible";
      for (const layer of layers) if (this.#map.getLayer(layer)) this.#map.setLayoutProperty(layer, "visibility", visibility);
    }
  }

  #found(event: MapLayerMouseEvent | { point: { x: number; y: number } }, layers: string[], slack: number): ReturnType<Engine["queryRenderedFeatures"]>[number] | undefined {
    const { x, y } = event.point;
    const there = layers.filter((layer) => this.#map.getLayer(layer));
    return this.#map.queryRenderedFeatures([[x - slack, y - slack], [x + slack, y + slack]], { layers: there })[0];
  }

  #clicked(click: MapLayerMouseEvent): void {
    if (this.#picking) {
      this.#picking({ lng: click.lngLat.lng, lat: click.lngLat.lat });
      this.#picking = null;
      this.cancelPick();
      return;
    }
    const tries: [layers: string[], slack: number, take: (feature: Feature) => void][] = [
      [["channel"], 4, (feature) => this.#clicks.channel(text(feature, "code"))],
      [["event-name", "event", "event-done"], 6, (feature) => this.#clicks.event(Number(feature.id))],
      [["site"], 4, (feature) => this.#clicks.site(text(feature, "code"))],
      [["device"], 4, (feature) => this.#clicks.device(String(feature.id))],
      [["component"], 4, (feature) => this.#clicks.component(text(feature, "code") || `id:${String(feature.id)}`)],
      [["grid-fill"], 0, (feature) => this.#clicks.grid(String(feature.id).padStart(GRID_DIGITS, "0"))],
    ];
    for (const [layers, slack, take] of tries) {
      const found = this.#found(click, layers, slack);
      if (!found) continue;
      take(found);
      return;
    }
    this.#clicks.nothing();
  }

  #hover(move: MapLayerMouseEvent): void {
    if (!this.#ready || this.#picking) return;
    const found = this.#found(move, ["channel", "event-name", "event", "event-done", "site", "device", "component", "grid-fill"], 3);
    const pointed = found !== undefined && found.layer.id !== "grid-fill";
    this.#map.getCanvas().style.cursor = pointed ? "pointer" : "";
    if (this.#under) this.#map.setFeatureState(this.#under, { under: false });
    this.#under = null;
    if (typeof found?.id !== "number" || (found.source !== "events" && found.source !== "ground")) return;
    this.#under = { source: found.source, id: found.id, ...(found.sourceLayer ? { sourceLayer: found.sourceLayer } : {}) };
    this.#map.setFeatureState(this.#under, { under: true });
  }
}

function text(feature: Feature, name: string): string {
  const value: unknown = feature.properties?.[name];
  return typeof value === "string" ? value : "";
}

function changedBetween(row: EventRow, from: number, to: number): boolean {
  if (row.ended_at !== null) return false;
  return [row.stage_near_at, row.stage_due_at].some((moment) => moment !== null && Date.parse(moment) > from && Date.parse(moment) <= to);
}

function numbered(channels: ChannelRow[]): FeatureCollection {
  const features = channels.slice(0, NUMBERED).map((channel, index): Feature => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [channel.lng, channel.lat] },
    properties: { code: channel.code, icon: `channel-${index + 1}${channel.playable ? "" : "-off"}` },
  }));
  return { type: "FeatureCollection", features: features.reverse() };
}

function cones({ centre, metres, channels }: Around): FeatureCollection {
  const shape = (coordinates: [number, number][], properties: Record<string, unknown>): Feature => ({ type: "Feature", geometry: { type: "Polygon", coordinates: [coordinates] }, properties });
  const views = channels.slice(0, NUMBERED).flatMap((channel) => {
    if (!channel.playable || channel.azimuth === null || channel.view_angle === null || channel.range_m === null) return [];
    return [shape(sector([channel.lng, channel.lat], channel.range_m, channel.azimuth, channel.view_angle), { kind: "cone", covers: channel.covers })];
  });
  return { type: "FeatureCollection", features: [shape(sector([centre.lng, centre.lat], metres, 0, 360, 64), { kind: "reach" }), ...views] };
}
