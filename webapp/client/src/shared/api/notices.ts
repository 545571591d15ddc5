/** The notice centre's questions and shapes. */
import { API, csrfToken, get, request } from "./client.ts";
import type { IsoTime } from "./types.ts";

export type NoticeKind = "given" | "returned" | "pressed" | "asked" | "answered" | "ended" | "told";

/** One step that concerns the reader, in the journal's words. */
export interface NoticeRow {
  id: number;
  no: string;
  version: number;
  at: IsoTime;
  kind: NoticeKind;
  kind_label: string;
  step: string;
  /** Of a supervision: yellow or red; else "". */
  level: string;
  sentence: string;
  text: string;
  category: string;
  place: string;
  state_label: string;
  urgent: boolean;
  unread: boolean;
}

/** How many wait unread, counted to 100, which stands for more; and the newest of them, 0 for none. */
export interface Waiting {
  unread: number;
  newest: number;
}

export interface NoticePage extends Waiting {
  rows: NoticeRow[];
  next: string | null;
}

export type ReadUpTo = { event: string; version: number } | { up_to: number };

export const noticesApi = {
  list: (filter: { cursor?: string; only_unread?: boolean } = {}, signal?: AbortSignal) => get<NoticePage>("notices", { cursor: filter.cursor, only_unread: filter.only_unread ? true : undefined }, signal),
  unread: () => get<Waiting>("notices/unread"),
  /** Of one event up to a version, or all up to a notice that was shown. */
  read: (what: ReadUpTo) => request<Waiting>("POST", "notices/read", { body: what }),
  /** The same while the page is being left: nobody waits for the answer. */
  readLeaving: (what: { event: string; version: number }): void => {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
    void fetch(`${API}/notices/read`, { method: "POST", body: JSON.stringify(what), headers, credentials: "same-origin", keepalive: true }).catch(() => undefined);
  },
};
