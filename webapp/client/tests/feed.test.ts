import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { changesOnly, EventFeed, type FeedDelta, FLUSH_MS, oneEvent, rowOf } from "../src/shared/live/feed.ts";
import type { EventCard } from "../src/shared/api/types.ts";
import { eventRow } from "./rows.ts";

class Line {
  static last: Line | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose = null;
  onopen = null;
  onerror = null;
  constructor() {
    Line.last = this;
  }
  close(): void {
    this.onmessage = null;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Line);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function started() {
  const feed = new EventFeed(() => Promise.resolve({ seq: 1, rows: [eventRow({ id: 1, version: 2 }), eventRow({ id: 2, no: "EV2" })] }));
  const told: FeedDelta[] = [];
  feed.watch((delta) => told.push(delta));
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  const say = (frame: unknown): void => Line.last?.onmessage?.(new MessageEvent("message", { data: JSON.stringify(frame) }));
  return { feed, told, say };
}

it("tells a burst of updates once, with the last word on each event", async () => {
  const { feed, told, say } = await started();
  expect(told).toEqual([{ reset: true, changed: [], removed: [] }]);
  say({ type: "updates", prev: 1, seq: 2, changes: [{ layer: "events", id: 1, row: eventRow({ id: 1, version: 3, state: "dispatched" }) }] });
  say({ type: "updates", prev: 2, seq: 3, changes: [{ layer: "events", id: 1, row: eventRow({ id: 1, version: 4, state: "handling" }) }, { layer: "events", id: 2, remove: true }, { layer: "other", id: 9, remove: true }] });
  expect(told).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(FLUSH_MS);
  expect(told).toHaveLength(2);
  expect(told[1]?.changed.map((row) => row.state)).toEqual(["handling"]);
  expect(told[1]?.removed).toEqual([2]);
  expect([...feed.rows.keys()]).toEqual([1]);
  feed.stop();
});

it("keeps the newer of two versions, whichever way they come", async () => {
  const { feed, say } = await started();
  feed.put(eventRow({ id: 1, version: 5, state: "closed" }));
  say({ type: "updates", prev: 1, seq: 2, changes: [{ layer: "events", id: 1, row: eventRow({ id: 1, version: 3, state: "dispatched" }) }] });
  await vi.advanceTimersByTimeAsync(FLUSH_MS);
  expect(feed.rows.get(1)?.state).toBe("closed");
  feed.stop();
});

it("makes a list's row of a card", () => {
  const card = { ...eventRow(), tickets: 2, ticket_rows: [{ order_no: "1" }, { order_no: "2" }] } as unknown as EventCard;
  expect(rowOf(card).tickets).toBe(2);
});

/** A server that answers by path; what was asked of it, in order. */
function answering(answers: Record<string, [status: number, body: unknown]>): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (address: string) => {
    const path = new URL(address, "http://here").pathname.replace("/api/v1/", "");
    asked.push(path);
    const [status, body] = answers[path] ?? [404, { type: "/problems/not-found", title: "", status: 404, code: "not-found", detail: "", request_id: "" }];
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } }));
  });
  return asked;
}

it("asks for no rows where a page has its own", async () => {
  const asked = answering({ feed: [200, { seq: 7 }] });
  expect(await changesOnly()).toEqual({ seq: 7, rows: [] });
  expect(asked).toEqual(["feed"]);
});

it("asks for the number first, and for one event after it", async () => {
  const card = { ...eventRow({ no: "EV1", version: 4 }), journal: [] };
  const asked = answering({ feed: [200, { seq: 7 }], "events/EV1": [200, card] });
  const found = await oneEvent("EV1");
  expect([found.seq, found.rows.map((row) => row.version)]).toEqual([7, [4]]);
  expect(asked).toEqual(["feed", "events/EV1"]);
});

it("hears of changes though the event isn't there for the reader, and tries again where the answer failed", async () => {
  answering({ feed: [200, { seq: 7 }] });
  expect(await oneEvent("EV9")).toEqual({ seq: 7, rows: [] });
  answering({ feed: [200, { seq: 7 }], "events/EV9": [503, { type: "/problems/database-away", title: "", status: 503, code: "database-away", detail: "", request_id: "" }] });
  await expect(oneEvent("EV9")).rejects.toThrow();
});
