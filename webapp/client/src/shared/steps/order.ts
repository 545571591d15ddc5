/** Which steps stand on the bar and which behind "more". Pure: the steps, and which of them are primary, are the server's. */
import type { AllowedStep } from "../api/types.ts";

/** Right, but rarely the next thing to do; in the order of the menu, those that end an event last. */
const RARE: readonly string[] = ["place", "amend", "merge", "mark_urgent", "urge", "instruct", "supervise", "copy_to", "recall_joint", "escalate", "force_close", "void"];

/** The other answer to what is asked: beside the primary one. */
const ANSWERS: readonly string[] = ["refute", "cannot_tell", "reject", "refuse_extension", "refuse_suspension", "fail_check"];

/** So many stand on the bar. */
const CALM = 6;

/** How many columns buttons below the primary one take, so that none stands alone in a row. */
export function columns(cells: number): number {
  if (cells === 4) return 2;
  return Math.min(3, Math.max(1, cells));
}

export interface Laid {
  bar: AllowedStep[];
  more: AllowedStep[];
}

/** Primary steps first, the usual ones after them; the rarer ones behind "more" where all of them would crowd the bar. */
export function laidOut(steps: readonly AllowedStep[], placed = true): Laid {
  const isRare = (step: AllowedStep): boolean => !step.primary && RARE.includes(step.step) && (placed || step.step !== "place");
  const primary = steps.filter((step) => step.primary);
  const beside = steps.filter((step) => !step.primary && !isRare(step));
  const isAnswer = (step: AllowedStep): boolean => ANSWERS.includes(step.step);
  const usual = [...beside.filter(isAnswer), ...beside.filter((step) => !isAnswer(step))];
  const rare = steps.filter(isRare).sort((a, b) => RARE.indexOf(a.step) - RARE.indexOf(b.step));
  const all = [...primary, ...usual, ...rare];
  if (all.length <= CALM) return { bar: all, more: [] };
  const first = [...primary, ...usual];
  /* Whoever may do little of the usual has the rest at hand: a supervisor's own steps are the rarer ones of others. */
  const bar = first.length > 1 ? first.slice(0, CALM) : all.slice(0, CALM - 1);
  return { bar, more: all.filter((step) => !bar.includes(step)) };
}
