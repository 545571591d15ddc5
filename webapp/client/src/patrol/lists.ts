/* Lists that the phone asks of the centre: the checks to do, and one's own reports. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type WorkRow } from "../shared/api/index.ts";
import { useAskingAgain } from "./refresh.ts";

const REFRESH_MS = 60_000;

/** Rows as last known; null before the first answer. */
export interface Listed {
  readonly rows: readonly WorkRow[] | null;
  readonly total: number;
  readonly problem: ApiProblem | null;
  readonly reload: () => void;
}

/** The rows of one view, asked again each minute, on coming back to the page, and when `turn` changes. */
export function useView(view: string, sort: string, turn: unknown, wanted = true): Listed {
  const [rows, setRows] = useState<readonly WorkRow[] | null>(null);
  const [total, setTotal] = useState(0);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const ask = useCallback(() => {
    if (!wanted) {
      setRows([]); /* a post that can have nothing in it */
      return;
    }
    api.events({ view, sort, limit: 50 }).then(
      (page) => {
        setRows(page.rows);
        setTotal(page.total);
        setProblem(null);
      },
      (thrown: unknown) => {
        const refusal = asProblem(thrown);
        /* A post without this view has nothing in it. */
        if (refusal.status === 422) setRows([]);
        setProblem(refusal);
      },
    );
  }, [view, sort, wanted]);
  useAskingAgain(ask, REFRESH_MS, turn);
  return { rows, total, problem, reload: ask };
}

/** Whether the network is there, as far as the browser knows. */
export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = (): void => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return online;
}
