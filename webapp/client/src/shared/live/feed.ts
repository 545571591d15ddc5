/** The open events of a page: filled by the live line, told to its watchers at most four times a second. */
import { useEffect, useState } from "preact/hooks";
import { api, asProblem, type EventCard, type EventRow, type MapEvents } from "../api/index.ts";
import { type Change, LiveClient, type LiveState } from "./client.ts";

export const FLUSH_MS = 250;

/** What changed since the last telling. `reset`: everything is new, the two lists are empty. */
export interface FeedDelta {
  reset: boolean;
  changed: EventRow[];
  removed: number[];
}

/** A card as the row that lists hold. */
export function rowOf(card: EventCard): EventRow {
  return { ...card };
}

type Watcher = (delta: FeedDelta) => void;

/** Rows by id, plus the state of the line. */
export class EventFeed {
  readonly rows = new Map<number, EventRow>();
  state: LiveState = { kind: "connecting", heardAt: 0 };
  readonly #client: LiveClient<EventRow>;
  readonly #watchers = new Set<Watcher>();
  readonly #stateWatchers = new Set<() => void>();
  #touched = new Set<number>();
  #reset = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(snapshot = api.mapEvents) {
    this.#client = new LiveClient<EventRow>({
      snapshot,
      reset: (rows) => this.#replace(rows),
      apply: (changes) => this.#apply(changes),
      onState: (state) => this.#setState(state),
    });
  }

  start(): void {
    this.#client.start();
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
  }

  stop(): void {
    this.#client.stop();
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#timer);
  }

  reconnectNow(): void {
    this.#client.reconnectNow();
  }

  readonly #wake = (): void => {
    if (document.visibilityState === "visible") this.#client.reconnectNow();
  };

  /** Takes the answer to one's own step without waiting for the line. */
  put(row: EventRow): void {
    if (this.#store(row)) this.#schedule();
  }

  /** Calls `watcher` after each batch, and once with a reset for what is already here. Returns how to leave. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    if (this.state.heardAt > 0) watcher({ reset: true, changed: [], removed: [] });
    return () => this.#watchers.delete(watcher);
  }

  watchState(watcher: () => void): () => void {
    this.#stateWatchers.add(watcher);
    return () => this.#stateWatchers.delete(watcher);
  }

  #replace(rows: EventRow[]): void {
    this.rows.clear();
    for (const row of rows) this.rows.set(row.id, row);
    this.#reset = true;
    this.#flush();
  }

  #apply(changes: Change<EventRow>[]): void {
    for (const change of changes) {
      if (change.layer !== "events") continue;
      if (change.row) this.#store(change.row);
      else if (this.rows.delete(change.id)) this.#touched.add(change.id);
    }
    this.#schedule();
  }

  /** False when what is here is newer: the answer to a step can overtake the line. */
  #store(row: EventRow): boolean {
    const present = this.rows.get(row.id);
    if (present && present.version > row.version) return false;
    this.rows.set(row.id, row);
    this.#touched.add(row.id);
    return true;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const delta: FeedDelta = { reset: this.#reset, changed: [], removed: [] };
    if (!this.#reset) {
      for (const id of this.#touched) {
        const row = this.rows.get(id);
        if (row) delta.changed.push(row);
        else delta.removed.push(id);
      }
    }
    this.#reset = false;
    this.#touched = new Set();
    for (const watcher of this.#watchers) watcher(delta);
  }

  #setState(state: LiveState): void {
    this.state = state;
    for (const watcher of this.#stateWatchers) watcher();
  }
}

/** For a page that asks for its rows itself: only what changes from now on. */
export async function changesOnly(): Promise<MapEvents> {
  return { ...(await api.feed()), rows: [] };
}

/** For a page about one event: how it stands, asked after the number so that nothing falls in between, and what changes from there on. */
export async function oneEvent(no: string): Promise<MapEvents> {
  const { seq } = await api.feed();
  try {
    return { seq, rows: [rowOf(await api.event(no))] };
  } catch (thrown) {
    if (asProblem(thrown).status === 404) return { seq, rows: [] };
    throw thrown;
  }
}

let shared: EventFeed | null = null;

/** The page's one feed, started at the first call; `snapshot` is what it starts from, all open events unless said otherwise. */
export function pageFeed(snapshot?: () => Promise<MapEvents>): EventFeed {
  if (shared === null) {
    shared = new EventFeed(snapshot);
    shared.start();
  }
  return shared;
}

/** The page's feed, where it has one. */
export function presentFeed(): EventFeed | null {
  return shared;
}

/** Re-renders with each batch; the number grows with every one, for memo dependencies. */
export function useFeedVersion(feed: EventFeed): number {
  const [version, setVersion] = useState(0);
  useEffect(() => feed.watch(() => setVersion((old) => old + 1)), [feed]);
  return version;
}

/** Re-renders with each change of the light. */
export function useLiveState(feed: EventFeed): LiveState {
  const [state, setState] = useState(feed.state);
  useEffect(() => {
    setState(feed.state);
    return feed.watchState(() => setState(feed.state));
  }, [feed]);
  return state;
}
