/** Saying that a step was taken, with the way back within reach. */
import type { AllowedStep, EventCard } from "../api/index.ts";
import { say } from "../i18n.ts";
import { toast } from "../ui/toasts.tsx";

/** A step that takes back the last one, and the event as it is now. */
export interface Counter {
  card: EventCard;
  step: AllowedStep;
}

let watcher: ((counter: Counter) => void) | null = null;
const LASTING_MS = 12_000;

/** Whoever draws the counter-step's form on this page; the call that is returned ends it. */
export function drawnBy(draw: (counter: Counter) => void): () => void {
  watcher = draw;
  return () => {
    if (watcher === draw) watcher = null;
  };
}

/** The step of this card that takes back the one just taken; null where the table has none, or not for this reader. */
export function counterOf(card: Pick<EventCard, "allowed_steps">, taken: string): AllowedStep | null {
  return card.allowed_steps.find((one) => one.undoes?.includes(taken) === true) ?? null;
}

/** Says that a step was taken, with the way back where there is one and the page has a place for its form. */
export function sayTaken(card: EventCard, taken: AllowedStep): void {
  const step = counterOf(card, taken.step);
  const show = watcher;
  const text = say("%(step)s done: %(no)s", { step: taken.label, no: card.no });
  toast(text, step && show ? { action: { label: say("Not right? %(step)s", { step: step.label }), run: () => show({ card, step }) }, lasting: LASTING_MS } : {});
}
