/** What the card of the map needs from the server, asked again when the selection moves. */
import { useEffect, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type ChannelsNear, type EventRow } from "../shared/api/index.ts";

export interface Asked<T> {
  data: T | null;
  problem: ApiProblem | null;
}

const NONE = { data: null, problem: null };

/** The answer to `ask` for `key`; null as key asks nothing. A moment's wait keeps quick walks through a list cheap. */
export function useAsked<T>(key: string | null, ask: (key: string, signal: AbortSignal) => Promise<T>, waitMs = 120): Asked<T> & { again: () => void } {
  const [state, setState] = useState<Asked<T> & { key: string | null }>({ ...NONE, key: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (key === null) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      ask(key, abort.signal).then(
        (data) => setState({ key, data, problem: null }),
        (thrown: unknown) => {
          if (!abort.signal.aborted) setState({ key, data: null, problem: asProblem(thrown) });
        },
      );
    }, waitMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, ask, waitMs, turn]);
  const fits = state.key === key && key !== null;
  return { data: fits ? state.data : null, problem: fits ? state.problem : null, again: () => setTurn((old) => old + 1) };
}

const askChannels = async (key: string, signal: AbortSignal): Promise<ChannelsNear> => {
  const [no = ""] = key.split("@");
  return api.channels(no, signal);
};

/** Channels near an event; asked again when the event is moved. */
export function useChannels(row: Pick<EventRow, "no" | "lng" | "lat"> | null, canWatch: boolean): Asked<ChannelsNear> {
  const key = row !== null && canWatch && row.lng !== null && row.lat !== null ? `${row.no}@${row.lng},${row.lat}` : null;
  return useAsked(key, askChannels);
}

export const askGrid = (code: string, signal: AbortSignal): ReturnType<typeof api.grid> => api.grid(code, signal);
export const askComponent = (code: string, signal: AbortSignal): ReturnType<typeof api.component> => api.component(code, signal);
export const askDevice = (id: string, signal: AbortSignal): ReturnType<typeof api.device> => api.device(id, signal);
export const askSite = (code: string, signal: AbortSignal): ReturnType<typeof api.site> => api.site(code, signal);
