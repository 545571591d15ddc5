/* One step for several events: which it may be, what is sent for each, and how it went. Pure. */
import type { AllowedStep, BatchItem, BatchOutcome, BatchPlan } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { inCommon, type WorkRow } from "./worklist.ts";

/** So many at once; the server takes no more. */
export const MOST = 50;

/** "each": every event to whom the rules name; else the number of one organisation, or "" while none is chosen. */
export type Receiver = string;
export const EACH = "each";

/** Steps that can be taken on several events at once, and what they ask for. */
const ASKS: Readonly<Record<string, { organisation: boolean; text: "no" | "may" | "must" }>> = {
  accept: { organisation: false, text: "no" },
  sign: { organisation: false, text: "no" },
  joint_sign: { organisation: false, text: "no" },
  dispatch: { organisation: true, text: "may" },
  copy_to: { organisation: true, text: "may" },
  note: { organisation: false, text: "must" },
  urge: { organisation: false, text: "may" },
};

/** What a batch of this step asks for. */
export function asks(step: string): { organisation: boolean; text: "no" | "may" | "must" } {
  return ASKS[step] ?? { organisation: false, text: "no" };
}

/** The steps that can be taken on all `rows` at once: allowed on each. `known` is one card's steps. */
export function batchSteps(rows: readonly WorkRow[], known: readonly AllowedStep[]): AllowedStep[] {
  const common = new Set(inCommon(rows));
  return known.filter((step) => common.has(step.step) && step.step in ASKS);
}

/** What is sent: each row with the version that the list shows, and its organisation. Those that nobody is named for are left out. */
export function itemsOf(rows: readonly Pick<WorkRow, "no" | "version">[], plan: BatchPlan | null, receiver: Receiver): BatchItem[] {
  const named = new Map(plan?.suggested.map((one) => [one.no, one]));
  return rows.flatMap(({ no, version }) => {
    if (receiver === "") return [{ no, version }];
    if (receiver !== EACH) return [{ no, version, organisation: Number(receiver) }];
    const one = named.get(no);
    return one && one.organisation !== null ? [{ no, version, organisation: one.organisation, joint: one.joint }] : [];
  });
}

/** Who gets how many, when each event goes to whom the rules name; those that they name nobody for under "". */
export function shares(rows: readonly Pick<WorkRow, "no">[], plan: BatchPlan): { name: string; count: number }[] {
  const named = new Map(plan.suggested.map((one) => [one.no, one.name]));
  const counts = new Map<string, number>();
  for (const { no } of rows) counts.set(named.get(no) ?? "", (counts.get(named.get(no) ?? "") ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => Number(a.name === "") - Number(b.name === "") || b.count - a.count);
}

/** How a batch went. */
export interface Told {
  readonly done: readonly BatchOutcome[];
  readonly others: readonly BatchOutcome[];
}

/** The outcomes apart: what was done, and all that was not. */
export function told(outcomes: readonly BatchOutcome[]): Told {
  return { done: outcomes.filter((one) => one.result === "done"), others: outcomes.filter((one) => one.result !== "done") };
}

/** What became of an event, in a word. */
export function resultWords(result: BatchOutcome["result"]): string {
  const words = { done: gettext("Done"), refused: gettext("Refused"), changed: gettext("Changed meanwhile"), unreached: gettext("Not reached") };
  return words[result];
}
