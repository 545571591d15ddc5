/** How many notices are unread, for whatever on the page shows it: asked again when the live line moves, and by the clock. */
import { useEffect, useState } from "preact/hooks";
import { noticesApi } from "../api/notices.ts";
import { presentFeed } from "../live/feed.ts";

/** After a live change the count is asked anew, at most this often. */
export const SETTLE_MS = 3000;
/** Where no line tells of changes. */
const EVERY_MS = 60_000;
/** The server counts no further. */
const MOST = 100;

/** "7", "99+"; "" for none. */
export function counted(unread: number): string {
  if (unread <= 0) return "";
  return unread >= MOST ? "99+" : String(unread);
}

export class NoticeStore {
  unread = 0;
  readonly #watchers = new Set<() => void>();
  readonly #ask: Pick<typeof noticesApi, "unread" | "read">;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(ask: Pick<typeof noticesApi, "unread" | "read"> = noticesApi) {
    this.#ask = ask;
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Asks how many there are; what went wrong is left as it was until the next time. */
  async refresh(): Promise<void> {
    await this.#take(this.#ask.unread());
  }

  /** Asks soon, once for many calls. */
  soon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.refresh();
    }, SETTLE_MS);
  }

  /** The reader has this event before them: what was told of it up to there is read. */
  async seen(no: string, version: number): Promise<void> {
    if (this.unread > 0) await this.#take(this.#ask.read({ event: no, version }));
  }

  async allRead(): Promise<void> {
    await this.#take(this.#ask.read(null));
  }

  /** An older answer never overtakes a newer one. */
  async #take(answer: Promise<{ unread: number }>): Promise<void> {
    const mine = (this.#turn += 1);
    try {
      const { unread } = await answer;
      if (mine === this.#turn && unread !== this.unread) this.#set(unread);
    } catch {
      /* the next time */
    }
  }

  #set(unread: number): void {
    this.unread = unread;
    for (const watcher of this.#watchers) watcher();
  }
}

export const noticeStore = new NoticeStore();

/** The count, kept fresh while something shows it. */
export function useUnread(): number {
  const [unread, setUnread] = useState(noticeStore.unread);
  useEffect(() => {
    const leave = noticeStore.watch(() => setUnread(noticeStore.unread));
    void noticeStore.refresh();
    const unfeed = presentFeed()?.watch(() => noticeStore.soon());
    const looked = (): void => {
      if (document.visibilityState === "visible") noticeStore.soon();
    };
    document.addEventListener("visibilitychange", looked);
    const clock = setInterval(() => noticeStore.soon(), EVERY_MS);
    return () => {
      leave();
      unfeed?.();
      clearInterval(clock);
      document.removeEventListener("visibilitychange", looked);
    };
  }, []);
  return unread;
}

/** Tells that an event is open on the screen, as it stands at `version`. */
export function useSeen(no: string | undefined, version: number): void {
  useEffect(() => {
    if (no !== undefined) void noticeStore.refresh().then(() => noticeStore.seen(no, version));
  }, [no, version]);
}
