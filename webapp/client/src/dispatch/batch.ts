/* One step for several events: which it may be, and how each went. */
import { type AllowedStep, api, type ApiProblem, asProblem, type EventCard } from "../shared/api/index.ts";
import { inCommon, type WorkRow } from "./worklist.ts";

/** The steps that can be taken on all `rows` at once: allowed on each, and asking for nothing. `known` is one card's steps. */
export function batchSteps(rows: readonly WorkRow[], known: readonly AllowedStep[]): AllowedStep[] {
  const common = new Set(inCommon(rows));
  return known.filter((step) => common.has(step.step) && step.fields.length === 0);
}

/** How a batch went. */
export interface Outcome {
  readonly done: readonly EventCard[];
  readonly refused: readonly { readonly no: string; readonly problem: ApiProblem; readonly now: EventCard | null }[];
}

/** Takes `step` on each row with the version that the list shows, one after the other; a refusal stops none of the others. */
export async function takeAll(rows: readonly WorkRow[], step: string, tell: (done: number) => void, take = api.step): Promise<Outcome> {
  const done: EventCard[] = [];
  const refused: { no: string; problem: ApiProblem; now: EventCard | null }[] = [];
  for (const row of rows) {
    try {
      done.push(await take(row.no, step, row.version));
    } catch (thrown) {
      const problem = asProblem(thrown);
      refused.push({ no: row.no, problem, now: (problem.body["event"] as EventCard | undefined) ?? null });
      if (problem.code === "network" || problem.status === 401) break;
    }
    tell(done.length + refused.length);
  }
  return { done, refused };
}
