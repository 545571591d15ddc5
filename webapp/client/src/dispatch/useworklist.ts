/* Loads the worklist, keeps it fresh by the live line, and pages on. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type EventRow } from "../shared/api/index.ts";
import type { EventFeed } from "../shared/live/feed.ts";
import { EVERYWHERE, question, sameQuestion, type WorkState } from "./filter.ts";
import { appended, changed, EMPTY, loaded, removed, type Worklist } from "./worklist.ts";

export const PAGE_ROWS = 50;
const MOST_ROWS = 200;
/** After a live change the list is asked anew, at most this often. */
const REFRESH_MS = 3000;
/** The same for what is searched for everywhere, which is dear; its rows change in place. */
const SEARCH_REFRESH_MS = 15_000;

/** The list, what went wrong with the last question, and the ways to change it. */
export interface Work {
  readonly list: Worklist;
  readonly problem: ApiProblem | null;
  readonly loading: boolean;
  readonly change: (how: (list: Worklist) => Worklist) => void;
  readonly reload: () => void;
  readonly more: () => void;
  readonly took: (row: EventRow) => void;
}

/** The worklist that `state` asks for. A new question empties it; a refresh replaces it in place. */
export function useWorklist(state: WorkState, feed: EventFeed): Work {
  const [list, change] = useState<Worklist>(EMPTY);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [loading, setLoading] = useState(true);
  const asked = JSON.stringify(question(state));
  const latest = useRef({ list, state });
  latest.current = { list, state };
  const running = useRef<AbortController | null>(null);

  const load = useCallback(async (): Promise<void> => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setLoading(true);
    const limit = Math.min(MOST_ROWS, Math.max(PAGE_ROWS, latest.current.list.rows.length));
    try {
      const page = await api.events(question(latest.current.state, { limit }), mine.signal);
      change((before) => loaded(before, page, latest.current.state.no || null));
      setProblem(null);
    } catch (thrown) {
      if (mine.signal.aborted) return;
      setProblem(asProblem(thrown));
    }
    if (running.current === mine) setLoading(false);
  }, []);

  useEffect(() => {
    change((before) => ({ ...EMPTY, views: before.views, cursor: latest.current.state.no || null }));
    void load();
    return () => running.current?.abort();
  }, [asked, load]);

  useLive(feed, change, load, state.view === EVERYWHERE ? SEARCH_REFRESH_MS : REFRESH_MS);

  const more = useCallback(() => {
    const next = latest.current.list.next;
    if (next === null) return;
    const { state: here } = latest.current;
    setLoading(true);
    api
      .events(question(here, { cursor: next, limit: PAGE_ROWS }))
      .then((page) => sameQuestion(here, latest.current.state) && change((before) => (before.next === next ? appended(before, page) : before)))
      .catch((thrown: unknown) => setProblem(asProblem(thrown)))
      .finally(() => setLoading(false));
  }, []);

  const took = useCallback(
    (row: EventRow) => {
      change((before) => changed(before, row));
      feed.put(row);
    },
    [feed],
  );
  return { list, problem, loading, change, reload: () => void load(), more, took };
}

function useLive(feed: EventFeed, change: (how: (list: Worklist) => Worklist) => void, load: () => Promise<void>, refresh: number): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let first = true;
    const soon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        if (document.visibilityState === "visible") void load();
        else soon();
      }, refresh);
    };
    const leave = feed.watch((delta) => {
      const initial = first && delta.reset;
      first = false;
      if (initial) return; /* the list has just asked for itself */
      change((before) => delta.removed.reduce(removed, delta.changed.reduce(changed, before)));
      if (delta.reset) void load(); /* what changed while the line was down isn't told */
      else soon();
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [feed, change, load, refresh]);
}
