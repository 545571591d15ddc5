/** What the map page knows about events, without a screen: filters, groups, counts, features. Pure. */
import type { Feature, FeatureCollection, Point } from "geojson";
import type { EventRow, MarkKind, Me } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { type FlagKind, flagOf } from "../shared/ui/flags.tsx";
import { byDue, MARK_ORDER, markLabel, markOf } from "../shared/marks.ts";
import { isToday } from "../shared/time.ts";

export type View = "open" | "mine" | "to_accept" | "to_dispatch" | "handling" | "near" | "over" | "supervised" | "suspended" | "unplaced" | "ended";

const TO_ACCEPT: ReadonlySet<string> = new Set(["reported", "verifying"]);
/** What waits for the acceptor; while an officer looks whether it is so, it waits for that officer. */
const FOR_ACCEPTOR: ReadonlySet<string> = new Set(["reported", "pending_close"]);
const TO_DISPATCH: ReadonlySet<string> = new Set(["accepted"]);

const isHandling = (row: EventRow): boolean => row.ended_at === null && !TO_ACCEPT.has(row.state) && !TO_DISPATCH.has(row.state);

/** A page that stays open past midnight still has what ended the day before. */
const endedToday = (row: EventRow, now: number): boolean => row.ended_at !== null && isToday(row.ended_at, now);

/** Which rows a view holds, for somebody who may do `can`. */
export function inView(view: View, can: Me["can"], now: number): (row: EventRow) => boolean {
  const rules: Record<View, (row: EventRow) => boolean> = {
    open: (row) => row.ended_at === null,
    mine: (row) => row.ended_at === null && ((can.accept && FOR_ACCEPTOR.has(row.state)) || (can.dispatch && (TO_DISPATCH.has(row.state) || row.asked === "extension"))),
    to_accept: (row) => TO_ACCEPT.has(row.state),
    to_dispatch: (row) => TO_DISPATCH.has(row.state),
    handling: isHandling,
    near: (row) => markOf(row, now) === "near",
    over: (row) => markOf(row, now) === "over",
    supervised: (row) => row.ended_at === null && row.supervision !== "none",
    suspended: (row) => row.state === "suspended",
    unplaced: (row) => row.ended_at === null && row.lng === null,
    ended: (row) => endedToday(row, now),
  };
  return rules[view];
}

export function isView(text: string): text is View {
  return VIEWS.some((view) => view === text);
}

export const VIEWS: readonly View[] = ["open", "mine", "to_accept", "to_dispatch", "handling", "near", "over", "supervised", "suspended", "unplaced", "ended"];

export function viewLabel(view: View): string {
  const labels: Record<View, string> = {
    open: gettext("All open"),
    mine: gettext("My to-do"),
    to_accept: gettext("To accept"),
    to_dispatch: gettext("To dispatch"),
    handling: gettext("In handling"),
    near: markLabel("near"),
    over: markLabel("over"),
    supervised: gettext("Under supervision"),
    suspended: gettext("Suspended"),
    unplaced: gettext("Without a place"),
    ended: gettext("Ended today"),
  };
  return labels[view];
}

/** True for rows inside the region `path` ("": everywhere). */
export function inRegion(path: string): (row: EventRow) => boolean {
  return (row) => row.path.startsWith(path);
}

/** Which marks the map shows: those of the list. Where the list holds all that is open, what has ended stands too; its layer has a switch. */
export function onMap(view: View, region: string, selected: string, can: Me["can"], now: () => number): (row: EventRow) => boolean {
  const inside = inRegion(region);
  const ofDay = (row: EventRow): boolean => row.ended_at === null || endedToday(row, now());
  return (row) => row.no === selected || (inside(row) && (view === "open" ? ofDay(row) : inView(view, can, now())(row)));
}

/** The five numbers of the bar. */
export interface Counts {
  to_accept: number;
  to_dispatch: number;
  handling: number;
  near: number;
  over: number;
}

export function countsOf(rows: Iterable<EventRow>, now: number): Counts {
  const counts: Counts = { to_accept: 0, to_dispatch: 0, handling: 0, near: 0, over: 0 };
  for (const row of rows) {
    if (row.ended_at !== null) continue;
    counts[stageGroup(row)] += 1;
    const mark = markOf(row, now);
    if (mark === "near" || mark === "over") counts[mark] += 1;
  }
  return counts;
}

function stageGroup(row: EventRow): "to_accept" | "to_dispatch" | "handling" {
  if (TO_ACCEPT.has(row.state)) return "to_accept";
  return TO_DISPATCH.has(row.state) ? "to_dispatch" : "handling";
}

export interface Group {
  mark: MarkKind;
  rows: EventRow[];
}

/** Rows by urgency, each group by what is due first; empty groups are left out. */
export function grouped(rows: Iterable<EventRow>, now: number): Group[] {
  const groups = new Map<MarkKind, EventRow[]>(MARK_ORDER.map((mark) => [mark, []]));
  for (const row of rows) groups.get(markOf(row, now))?.push(row);
  for (const [mark, members] of groups) members.sort(mark === "done" ? byEnd : byDue);
  return [...groups].map(([mark, members]) => ({ mark, rows: members })).filter((group) => group.rows.length > 0);
}

function byEnd(a: EventRow, b: EventRow): number {
  return (b.ended_at ?? "").localeCompare(a.ended_at ?? "");
}

/** The list's order, as j and k walk it. */
export function flat(groups: Group[]): EventRow[] {
  return groups.flatMap((group) => group.rows);
}

/** The neighbour of `no`, `step` rows further; the first (or last) when `no` is not in the list. */
export function neighbour(rows: EventRow[], no: string, step: 1 | -1): EventRow | undefined {
  const at = rows.findIndex((row) => row.no === no);
  if (at < 0) return step > 0 ? rows[0] : rows[rows.length - 1];
  return rows[Math.min(rows.length - 1, Math.max(0, at + step))];
}

/** "大码头街道 群众街社区 网格 005" -> "群众街 005": the last two words without what every one of them carries. */
export function shortPlace(place: string): string {
  const words = place.replace(/网格\s*/g, "").split(" ").filter(Boolean).slice(-2);
  return words.map((word) => word.replace(/(社区|村|居委会)$/, "")).join(" ");
}

/** "已受理待派遣" -> "待派遣": what is awaited, without what is past; other languages have one form. */
export function shortState(label: string): string {
  return label.replace(/^已[^待]+(?=待)/, "");
}

/** What a row is called. */
export function titleOf(row: Pick<EventRow, "category" | "no">): string {
  return row.category?.name ?? gettext("Not classified");
}

/** Later ones are drawn above earlier ones. */
const RANK: Record<MarkKind, number> = { done: 0, wait: 1, normal: 2, near: 3, over: 4 };

export type EventFeature = Feature<Point, { mark: MarkKind; flag: FlagKind; rank: number; name: string; no: string; urgent: boolean }>;

/** A row as the map holds it, with an integer id; null for a row without a place. */
export function featureOf(row: EventRow, now: number): EventFeature | null {
  if (row.lng === null || row.lat === null) return null;
  const mark = markOf(row, now);
  return {
    type: "Feature",
    id: row.id,
    geometry: { type: "Point", coordinates: [row.lng, row.lat] },
    properties: { mark, flag: flagOf(row), rank: RANK[mark], name: titleOf(row), no: row.no, urgent: row.urgent },
  };
}

export function collection(rows: Iterable<EventRow>, now: number): FeatureCollection<Point> {
  const features: EventFeature[] = [];
  for (const row of rows) {
    const feature = featureOf(row, now);
    if (feature) features.push(feature);
  }
  return { type: "FeatureCollection", features };
}

/** "12.3/28.58/112.33" in the address. */
export interface Camera {
  zoom: number;
  lat: number;
  lng: number;
}

export function cameraText(camera: Camera): string {
  return `${camera.zoom.toFixed(2)}/${camera.lat.toFixed(5)}/${camera.lng.toFixed(5)}`;
}

export function readCamera(text: string): Camera | null {
  const [zoom, lat, lng] = text.split("/").map(Number);
  if (zoom === undefined || lat === undefined || lng === undefined || ![zoom, lat, lng].every(Number.isFinite)) return null;
  return zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lng) <= 180 ? { zoom, lat, lng } : null;
}
