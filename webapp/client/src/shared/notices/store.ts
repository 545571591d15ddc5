/** How many notices are unread, for whatever on the page shows it: asked again when the live line moves, and by the clock. */
import { useEffect, useState } from "preact/hooks";
import { noticesApi, type Waiting } from "../api/notices.ts";
import { ngettext, pgettext } from "../i18n.ts";
import { presentFeed } from "../live/feed.ts";

/** After a live change the count is asked anew, at most this often; up to as long again later, so that not all pages ask at once. */
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

/** What the bell is called. */
export function unreadLabel(unread: number): string {
  return unread > 0 ? ngettext("Notices: %(count)s unread", "Notices: %(count)s unread", unread, { count: counted(unread) }) : pgettext("notice", "Notices");
}

export class NoticeStore {
  waiting: Waiting = { unread: 0, newest: 0 };
  readonly #watchers = new Set<() => void>();
  readonly #ask: Pick<typeof noticesApi, "unread" | "read">;
  readonly #dice: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(ask: Pick<typeof noticesApi, "unread" | "read"> = noticesApi, dice: () => number = Math.random) {
    this.#ask = ask;
    this.#dice = dice;
  }

  get unread(): number {
    return this.waiting.unread;
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Asks how many there are; what went wrong is left as it was until the next time. */
  async refresh(): Promise<void> {
    await this.#take(this.#ask.unread()).catch(() => undefined);
  }

  /** Asks soon, once for many calls. */
  soon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.refresh();
    }, SETTLE_MS * (1 + this.#dice()));
  }

  /** What a page of notices has told by the way; questions under way are older. */
  know(waiting: Waiting): void {
    this.#turn += 1;
    this.#set(waiting);
  }

  /** The reader has this event before them: what was told of it up to there is read. */
  async seen(no: string, version: number): Promise<void> {
    if (this.unread > 0) await this.#take(this.#ask.read({ event: no, version })).catch(() => undefined);
  }

  /** Everything up to a notice that was shown is read; what has come since is not. Throws what went wrong. */
  async allRead(upTo: number): Promise<void> {
    await this.#take(this.#ask.read({ up_to: upTo }));
  }

  /** An older answer never overtakes a newer one. */
  async #take(answer: Promise<Waiting>): Promise<void> {
    const mine = (this.#turn += 1);
    const waiting = await answer;
    if (mine === this.#turn) this.#set(waiting);
  }

  #set({ unread, newest }: Waiting): void {
    if (unread === this.waiting.unread && newest === this.waiting.newest) return;
    this.waiting = { unread, newest };
    for (const watcher of this.#watchers) watcher();
  }
}

export const noticeStore = new NoticeStore();

const visible = (): boolean => document.visibilityState === "visible";

/** What waits unread, kept fresh while something shows it and somebody can see that. */
export function useWaiting(): Waiting {
  const [waiting, setWaiting] = useState(noticeStore.waiting);
  useEffect(() => {
    const leave = noticeStore.watch(() => setWaiting(noticeStore.waiting));
    void noticeStore.refresh();
    const soon = (): void => {
      if (visible()) noticeStore.soon();
    };
    const unfeed = presentFeed()?.watch(soon);
    document.addEventListener("visibilitychange", soon);
    const clock = setInterval(soon, EVERY_MS);
    return () => {
      leave();
      unfeed?.();
      clearInterval(clock);
      document.removeEventListener("visibilitychange", soon);
    };
  }, []);
  return waiting;
}

/** Runs `act` now where the page can be seen, else when it first is; the call that is returned ends the waiting. */
export function whenVisible(act: () => void): () => void {
  const look = (): void => {
    if (!visible()) return;
    document.removeEventListener("visibilitychange", look);
    act();
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => document.removeEventListener("visibilitychange", look);
}

/** Tells that an event is open on the screen, as it stands at `version`; behind another tab it is not. */
export function useSeen(no: string | undefined, version: number): void {
  useEffect(() => {
    if (no === undefined) return undefined;
    return whenVisible(() => void noticeStore.refresh().then(() => noticeStore.seen(no, version)));
  }, [no, version]);
}
