/* The card of one event, asked again when its row moved on. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type EventCard } from "../shared/api/index.ts";

const SETTLE_MS = 120;

/** What is known of the card: itself, or why it isn't here. */
export interface Carded {
  readonly card: EventCard | null;
  readonly problem: ApiProblem | null;
  readonly put: (card: EventCard) => void;
  readonly reload: () => void;
}

/** The card of `no`, at least as new as `version`; waits a moment first, so that walking through a list asks little. */
export function useCard(no: string | null, version: number): Carded {
  const [card, setCard] = useState<EventCard | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [again, setAgain] = useState(0);
  const fitting = card !== null && card.no === no && card.version >= version;

  useEffect(() => {
    if (no === null || fitting) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      api
        .event(no, abort.signal)
        .then((fresh) => {
          setCard(fresh);
          setProblem(null);
        })
        .catch((thrown: unknown) => {
          if (!abort.signal.aborted) setProblem(asProblem(thrown));
        });
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [no, version, fitting, again]);

  const put = useCallback((fresh: EventCard) => {
    setCard(fresh);
    setProblem(null);
  }, []);
  const reload = useCallback(() => {
    setCard(null);
    setAgain((count) => count + 1);
  }, []);
  return { card: card?.no === no ? card : null, problem: problem && card?.no !== no ? problem : null, put, reload };
}
