/* The rows of a worklist and what is done to them: pages, live changes, the cursor and the ticks. Pure. */
import type { EventRow, IsoTime, MarkKind, WorkPage, WorkView } from "../shared/api/index.ts";

export type WorkRow = WorkPage["rows"][number];

/** The row with the clock that counts for its reader: of the own joint share where there is one. */
export function ownClock(row: WorkRow): WorkRow {
  const { share } = row;
  return share === null || row.ended_at !== null || share.due_at === null ? row : { ...row, stage: share.stage, stage_due_at: share.due_at, stage_near_at: share.near_at };
}

/** A worklist as far as it is loaded. `cursor` is an event number; ticks are event numbers too, so both outlive a reload. */
export interface Worklist {
  readonly rows: readonly WorkRow[];
  readonly total: number;
  readonly next: string | null;
  readonly views: readonly WorkView[];
  readonly cursor: string | null;
  readonly ticked: ReadonlySet<string>;
  readonly loaded: boolean;
  /** The row that was ticked last: a further one with Shift ticks all between. */
  readonly anchor?: string | null;
  /** How far back was searched, where not to the beginning. */
  readonly since: IsoTime | null;
}

export const EMPTY: Worklist = {
  rows: [],
  total: 0,
  next: null,
  views: [],
  cursor: null,
  ticked: new Set(),
  loaded: false,
  since: null,
};

/** The list with a fresh first page. Cursor and ticks stay where their rows are still listed; a lost cursor keeps its line. */
export function loaded(list: Worklist, page: WorkPage, wanted: string | null): Worklist {
  const numbers = new Set(page.rows.map((row) => row.no));
  return {
    rows: page.rows,
    total: page.total,
    next: page.next,
    views: page.views,
    cursor: cursorAfter(list, page.rows, wanted),
    ticked: new Set([...list.ticked].filter((no) => numbers.has(no))),
    loaded: true,
    anchor: list.anchor ?? null,
    since: page.since,
  };
}

function cursorAfter(list: Worklist, rows: readonly WorkRow[], wanted: string | null): string | null {
  const keep = list.cursor ?? wanted;
  if (keep !== null && rows.some((row) => row.no === keep)) return keep;
  const line = Math.max(0, list.rows.findIndex((row) => row.no === keep));
  return rows[Math.min(line, rows.length - 1)]?.no ?? null;
}

/** The list with another page at its end; a row that moved between the pages is kept once, in its new form. */
export function appended(list: Worklist, page: WorkPage): Worklist {
  const fresh = new Set(page.rows.map((row) => row.no));
  return { ...list, rows: [...list.rows.filter((row) => !fresh.has(row.no)), ...page.rows], total: page.total, next: page.next, views: page.views, since: page.since };
}

/** The list after a live change of a row that it shows: in place, never by an older version. The same list when it doesn't show it. */
export function changed(list: Worklist, row: EventRow): Worklist {
  const line = list.rows.findIndex((shown) => shown.id === row.id);
  const shown = list.rows[line];
  if (!shown || shown.version > row.version) return list;
  const allowed = shown.state === row.state ? shown.allowed : [];
  return { ...list, rows: list.rows.with(line, { ...row, allowed, share: shown.share }) };
}

/** The list without a row that the reader may no longer see. */
export function removed(list: Worklist, id: number): Worklist {
  const gone = list.rows.find((row) => row.id === id);
  if (!gone) return list;
  const rows = list.rows.filter((row) => row.id !== id);
  const ticked = new Set([...list.ticked].filter((no) => no !== gone.no));
  return { ...list, rows, ticked, total: list.total - 1, cursor: list.cursor === gone.no ? cursorAfter(list, rows, null) : list.cursor };
}

/** The list with the cursor `lines` further down (up when negative), stopping at the ends. */
export function moved(list: Worklist, lines: number): Worklist {
  if (!list.rows.length) return list;
  const line = list.rows.findIndex((row) => row.no === list.cursor);
  const target = line < 0 ? 0 : Math.min(list.rows.length - 1, Math.max(0, line + lines));
  return { ...list, cursor: list.rows[target]?.no ?? null };
}

/** The list with the cursor on an event. */
export function pointed(list: Worklist, no: string): Worklist {
  return { ...list, cursor: no };
}

/** The list with one row ticked, or unticked. */
export function toggled(list: Worklist, no: string): Worklist {
  const ticked = new Set(list.ticked);
  if (!ticked.delete(no)) ticked.add(no);
  return { ...list, ticked, anchor: no };
}

/** The list with every row ticked from the one ticked last to this one; only this one where none was. */
export function tickedUpTo(list: Worklist, no: string): Worklist {
  const from = list.rows.findIndex((row) => row.no === list.anchor);
  const to = list.rows.findIndex((row) => row.no === no);
  if (from < 0 || to < 0) return list.ticked.has(no) ? { ...list, anchor: no } : toggled(list, no);
  const between = list.rows.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.no);
  return { ...list, ticked: new Set([...list.ticked, ...between]), anchor: no };
}

/** The list with the cursor moved on, and both rows ticked. */
export function movedTicking(list: Worklist, lines: number): Worklist {
  const there = moved(list, lines);
  if (list.cursor === null || there.cursor === null) return there;
  return { ...there, ticked: new Set([...list.ticked, list.cursor, there.cursor]), anchor: there.cursor };
}

/** The code of the view so many further down the sidebar (up when negative), stopping at the ends. */
export function viewFrom(views: readonly WorkView[], here: string, lines: number): string {
  const at = views.findIndex((view) => view.code === here);
  return views[Math.min(views.length - 1, Math.max(0, at + lines))]?.code ?? here;
}

/** The list with all loaded rows ticked, or none where all were. */
export function allToggled(list: Worklist): Worklist {
  const all = list.rows.length > 0 && list.rows.every((row) => list.ticked.has(row.no));
  return { ...list, ticked: all ? new Set() : new Set(list.rows.map((row) => row.no)) };
}

/** The list with nothing ticked. */
export function cleared(list: Worklist): Worklist {
  return list.ticked.size ? { ...list, ticked: new Set() } : list;
}

/** The list without the ticks of these events. */
export function unticked(list: Worklist, numbers: readonly string[]): Worklist {
  return { ...list, ticked: new Set([...list.ticked].filter((no) => !numbers.includes(no))) };
}

/** The ticked rows, in the list's order. */
export function tickedRows(list: Worklist): WorkRow[] {
  return list.rows.filter((row) => list.ticked.has(row.no));
}

/** The row under the cursor. */
export function currentRow(list: Worklist): WorkRow | null {
  return list.rows.find((row) => row.no === list.cursor) ?? null;
}

/** The codes of the steps that are allowed on every one of `rows`. */
export function inCommon(rows: readonly WorkRow[]): string[] {
  const [first, ...others] = rows;
  return first ? first.allowed.filter((step) => others.every((row) => row.allowed.includes(step))) : [];
}

/** The views under their groups, in the server's order. */
export function grouped(views: readonly WorkView[]): { readonly group: string; readonly views: readonly WorkView[] }[] {
  const groups = new Map<string, WorkView[]>();
  for (const view of views) groups.set(view.group, [...(groups.get(view.group) ?? []), view]);
  return [...groups].map(([group, members]) => ({ group, views: members }));
}

/** The code of the view that is shown: the server's first where none was asked for. */
export function shownView(views: readonly WorkView[], asked: string): string {
  return asked === "" ? (views[0]?.code ?? "") : asked;
}

/** The order that the list is in: what was asked for, else the view's own, else by time left. */
export function shownSort(views: readonly WorkView[], view: string, asked: string): string {
  return asked || (views.find((one) => one.code === view)?.saved?.sort ?? "due");
}

/** Where to go from an empty view: the first other view that has something, the urgent ones before the rest. */
export function elsewhere(views: readonly WorkView[], here: string): WorkView | null {
  const others = views.filter((view) => view.code !== here && view.count !== null && view.count > 0);
  const urgency = (mark: MarkKind | null): number => (mark === "over" ? 0 : mark === "near" ? 1 : 2);
  return [...others].sort((a, b) => urgency(a.mark) - urgency(b.mark))[0] ?? null;
}
