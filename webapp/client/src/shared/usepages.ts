/* A register that comes page by page: load, load more, replace one row. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ApiProblem, asProblem, type Page } from "./api/index.ts";

/** The rows so far, and the ways on. */
export interface Pages<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly loading: boolean;
  readonly problem: ApiProblem | null;
  readonly reload: () => void;
  readonly more: () => void;
  readonly replace: (row: Row) => void;
}

/** Asks for the first page whenever `question` changes; `ask` gets the cursor of a later one. An older answer never overtakes a newer. */
export function usePages<Row extends { id: string | number }>(question: string, ask: (cursor: string) => Promise<Page<Row>>): Pages<Row> {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const turn = useRef(0);
  const latest = useRef(ask);
  latest.current = ask;

  const load = useCallback((cursor: string): void => {
    const mine = (turn.current += 1);
    setLoading(true);
    latest
      .current(cursor)
      .then((page) => {
        if (mine !== turn.current) return;
        setRows((before) => (cursor ? [...before, ...page.rows] : page.rows));
        setNext(page.next);
        setProblem(null);
      })
      .catch((thrown: unknown) => mine === turn.current && setProblem(asProblem(thrown)))
      .finally(() => mine === turn.current && setLoading(false));
  }, []);

  useEffect(() => {
    setRows([]);
    setNext(null);
    load("");
  }, [question, load]);
  const reload = useCallback(() => load(""), [load]);
  return {
    rows,
    next,
    loading,
    problem,
    reload,
    more: () => next !== null && load(next),
    replace: (row) => setRows((before) => before.map((one) => (one.id === row.id ? row : one))),
  };
}
