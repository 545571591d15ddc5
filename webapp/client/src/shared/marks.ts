/** Urgency: one rule for map, list, table and card. The server sets both moments; the browser only reads the clock. */
import type { EventRow, MarkKind } from "./api/types.ts";
import { gettext, pgettext } from "./i18n.ts";

type Timed = Pick<EventRow, "ended_at" | "stage" | "stage_due_at" | "stage_near_at">;

/** The stage of a suspended event: its clock stands still until the day on which it is looked at again. */
export const REVIEW = "review";

/** Groups of a list, most urgent first. */
export const MARK_ORDER: readonly MarkKind[] = ["over", "near", "normal", "wait", "done"];

/** Where an event stands against the clock of its stage at `now` (ms). */
export function markOf(row: Timed, now: number): MarkKind {
  if (row.ended_at !== null) return "done";
  if (row.stage_due_at === null) return "wait";
  if (now >= Date.parse(row.stage_due_at)) return "over";
  if (row.stage_near_at !== null && now >= Date.parse(row.stage_near_at)) return "near";
  return row.stage === REVIEW ? "wait" : "normal";
}

/** The moment (ms) at which the first of `rows` changes its mark by time alone; Infinity when none will. */
export function nextTurn(rows: Iterable<Timed>, now: number): number {
  let first = Infinity;
  for (const row of rows) {
    if (row.ended_at !== null) continue;
    for (const moment of [row.stage_near_at, row.stage_due_at]) {
      const turn = moment === null ? Infinity : Date.parse(moment);
      if (turn > now && turn < first) first = turn;
    }
  }
  return first;
}

/** Sorts by due moment, events without a clock last, then by number. */
export function byDue(a: Timed & { no: string }, b: Timed & { no: string }): number {
  const [left, right] = [a, b].map((row) => (row.stage_due_at === null ? Infinity : Date.parse(row.stage_due_at)));
  if (left !== right) return (left ?? Infinity) < (right ?? Infinity) ? -1 : 1;
  return a.no < b.no ? -1 : 1;
}

/** The word beside the shape. */
export function markLabel(kind: MarkKind): string {
  const labels: Record<MarkKind, string> = {
    over: pgettext("clock", "Overdue"),
    near: pgettext("clock", "Due soon"),
    normal: pgettext("clock", "In time"),
    wait: pgettext("clock", "Clock stopped"),
    done: pgettext("clock", "Ended"),
  };
  return labels[kind];
}

/** Why something has this mark, in a sentence; "" where the word says it. */
export function markHint(kind: MarkKind): string {
  const hints: Partial<Record<MarkKind, string>> = {
    over: gettext("The allowance of this stage is used up."),
    near: gettext("Less than a quarter of the allowance, or less than an hour of it, is left. Working clocks do not count nights, weekends and holidays, so the day itself may still be some way off."),
    wait: gettext("No clock runs at present."),
  };
  return hints[kind] ?? "";
}
