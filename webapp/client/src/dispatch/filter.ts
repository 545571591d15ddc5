/* What the worklist asks for, as the address says it. Pure. */
import type { Category, EventFilter, Region } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";

/** The address of /work: the view ("" is the reader's first), what narrows it, where a search goes on, the order ("" is the view's own), and the event under the cursor. */
export const DEFAULTS = { view: "", region: "", category: "", state: "", q: "", before: "", sort: "", no: "" };
export type WorkState = typeof DEFAULTS;

/** Asked for as a view: all that the reader sees, open or ended, that fits the words. */
export const EVERYWHERE = "everywhere";

/** The orders of the list; "-" turns one round. */
export function orderChoices(): { value: string; label: string }[] {
  return [
    { value: "due", label: gettext("By time left") },
    { value: "-due", label: gettext("Most time left first") },
    { value: "whole", label: gettext("By the deadline of the whole") },
    { value: "urgent", label: gettext("Urgent first") },
    { value: "-reported", label: gettext("Newest first") },
    { value: "reported", label: gettext("Oldest first") },
    { value: "category", label: gettext("By category") },
    { value: "place", label: gettext("By place") },
    { value: "state", label: gettext("By state") },
  ];
}

/** The order that a click on a column's head leads to: its own, then the other way round. */
export function turned(sort: string, name: string): string {
  const other = name.startsWith("-") ? name.slice(1) : `-${name}`;
  return sort === name ? other : name;
}

/** What narrows a view. */
export type Narrowing = "region" | "category" | "state" | "q";
const NARROWINGS: readonly Narrowing[] = ["region", "category", "state", "q"];

/** What GET /events is asked. */
export function question(state: WorkState, more: { readonly cursor?: string; readonly limit?: number } = {}): EventFilter {
  const { view, region, category, state: stage, q, before, sort } = state;
  return { view, region, category, state: stage, q: q.trim(), sort, ...(before && { before }), ...more };
}

/** Whether two states ask for the same rows: the cursor alone is no new question. */
export function sameQuestion(a: WorkState, b: WorkState): boolean {
  return JSON.stringify(question(a)) === JSON.stringify(question(b));
}

/** What another question begins with: at the newest again. Another order is no other question. */
export function anew(patch: Partial<WorkState>): Partial<WorkState> {
  return Object.keys(patch).every((name) => name === "sort") ? {} : { before: "" };
}

/** The filters that are set. */
export function narrowings(state: WorkState): Narrowing[] {
  return NARROWINGS.filter((name) => state[name].trim() !== "");
}

/** The state with every filter taken off. */
export function widened(): Pick<WorkState, Narrowing> {
  return { region: "", category: "", state: "", q: "" };
}

/** The states an event may stand in, open ones first, in the words of the field. */
export function stateChoices(): { value: string; label: string }[] {
  const labels: Record<string, string> = {
    reported: gettext("Awaiting acceptance"),
    verifying: gettext("Being verified"),
    accepted: gettext("Awaiting dispatch"),
    dispatched: gettext("Awaiting signature"),
    handling: gettext("In progress"),
    suspended: gettext("Suspended"),
    pending_check: gettext("Awaiting check"),
    pending_close: gettext("Awaiting closure"),
    closed: gettext("Closed"),
    self_closed: gettext("Solved on the spot"),
    rejected: gettext("Not accepted"),
    merged: gettext("Merged"),
    voided: gettext("Voided"),
  };
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}

/** A filter in words: "State = Closed". */
export function inWords(name: Narrowing, state: WorkState, lists: { readonly regions: readonly Region[]; readonly categories: readonly Category[] }): string {
  const value = state[name];
  const words: Record<Narrowing, () => [string, string]> = {
    region: () => [gettext("Region"), lists.regions.find((region) => region.path === value)?.name ?? value],
    category: () => [gettext("Category"), lists.categories.find((category) => category.code === value)?.name ?? value],
    state: () => [gettext("State"), stateChoices().find((choice) => choice.value === value)?.label ?? value],
    q: () => [gettext("Text"), value.trim()],
  };
  return words[name]().join(" = ");
}

/** Regions as choices, each indented below the one that holds it. */
export function regionChoices(regions: readonly Region[]): { value: string; label: string }[] {
  const paths = regions.map((region) => region.path);
  return [...regions]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((region) => {
      const depth = paths.filter((path) => path !== region.path && region.path.startsWith(path)).length;
      return { value: region.path, label: `${"\u3000".repeat(depth)}${region.name}` };
    });
}
