/** Taking a step: one at a time, with what went wrong kept where the form can show it. */
import { useCallback, useState } from "preact/hooks";
import { type AllowedStep, api, ApiProblem, asProblem, type EventCard } from "../api/index.ts";
import { sayTaken } from "./takenback.ts";

/** Someone was faster: what the event is now, and what was about to be sent. */
export interface Conflict {
  before: EventCard;
  now: EventCard;
  step: AllowedStep;
  fields: Record<string, unknown>;
  /** The server's reason, for when nothing was done meanwhile and the step has simply become impossible. */
  why: string;
}

export interface Runner {
  submit: (step: AllowedStep, fields: Record<string, unknown>, against?: EventCard) => Promise<boolean>;
  busy: string | null;
  problem: ApiProblem | null;
  conflict: Conflict | null;
  clear: () => void;
}

function conflictOf(problem: ApiProblem, before: EventCard, step: AllowedStep, fields: Record<string, unknown>): Conflict | null {
  if (problem.status !== 409) return null;
  const now = problem.body["event"] as EventCard | undefined;
  return now ? { before, now, step, fields, why: problem.detail } : null;
}

/** `onCard` gets the event as it is after the step, and also as it is when somebody else was first. */
export function useStepRunner(event: EventCard, onCard: (card: EventCard) => void): Runner {
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);

  const clear = useCallback(() => {
    setProblem(null);
    setConflict(null);
  }, []);

  const submit = useCallback(
    async (step: AllowedStep, fields: Record<string, unknown>, against: EventCard = event): Promise<boolean> => {
      setBusy(step.step);
      clear();
      try {
        const card = await api.step(against.no, step.step, against.version, fields);
        sayTaken(card, step);
        onCard(card);
        return true;
      } catch (thrown) {
        const refusal = asProblem(thrown);
        const clash = conflictOf(refusal, against, step, fields);
        setConflict(clash);
        setProblem(clash ? null : refusal);
        return false;
      } finally {
        setBusy(null);
      }
    },
    [event, onCard, clear],
  );
  return { submit, busy, problem, conflict, clear };
}
