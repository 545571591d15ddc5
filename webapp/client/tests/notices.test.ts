import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ReadUpTo, Waiting } from "../src/shared/api/notices.ts";
import { counted, NoticeStore, SETTLE_MS, whenVisible } from "../src/shared/notices/store.ts";

const unread = vi.fn<() => Promise<Waiting>>();
const read = vi.fn<(what: ReadUpTo) => Promise<Waiting>>();
const waiting = (count: number, newest = count): Waiting => ({ unread: count, newest });
let store: NoticeStore;
beforeEach(() => {
  vi.useFakeTimers();
  unread.mockReset();
  read.mockReset();
  store = new NoticeStore({ unread, read }, () => 0);
});
afterEach(() => void vi.useRealTimers());

it("says a count as people read it", () => {
  expect([0, 1, 99, 100].map(counted)).toEqual(["", "1", "99", "99+"]);
});

it("asks once for many changes", async () => {
  unread.mockResolvedValue(waiting(3));
  for (let change = 0; change < 50; change += 1) store.soon();
  await vi.advanceTimersByTimeAsync(SETTLE_MS);
  expect(unread).toHaveBeenCalledOnce();
  expect(store.unread).toBe(3);
});

it("tells its watchers of a change and of nothing else", async () => {
  const told = vi.fn();
  const leave = store.watch(told);
  unread.mockResolvedValueOnce(waiting(2)).mockResolvedValueOnce(waiting(2)).mockResolvedValueOnce(waiting(1));
  await store.refresh();
  await store.refresh();
  expect(told).toHaveBeenCalledOnce();
  leave();
  await store.refresh();
  expect(told).toHaveBeenCalledOnce();
});

it("says that an event was seen only where something is unread", async () => {
  await store.seen("EV1", 3);
  expect(read).not.toHaveBeenCalled();
  unread.mockResolvedValueOnce(waiting(1));
  await store.refresh();
  read.mockResolvedValueOnce(waiting(0));
  await store.seen("EV1", 3);
  expect(read).toHaveBeenCalledWith({ event: "EV1", version: 3 });
  expect(store.unread).toBe(0);
});

it("keeps what it knows where the server can't be reached, and lets no older answer overtake a newer", async () => {
  unread.mockResolvedValueOnce(waiting(4));
  await store.refresh();
  unread.mockRejectedValueOnce(new Error("gone"));
  await store.refresh();
  expect(store.unread).toBe(4);
  let late: (answer: Waiting) => void = () => undefined;
  unread.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
  const first = store.refresh();
  read.mockResolvedValueOnce(waiting(0));
  await store.allRead(9);
  late(waiting(9));
  await first;
  expect(store.unread).toBe(0);
});

it("tells of a newer notice where the count can't rise any more", async () => {
  const told = vi.fn();
  store.watch(told);
  unread.mockResolvedValueOnce(waiting(100, 7)).mockResolvedValueOnce(waiting(100, 8));
  await store.refresh();
  await store.refresh();
  expect(told).toHaveBeenCalledTimes(2);
  expect(store.waiting).toEqual({ unread: 100, newest: 8 });
});

it("reads no further than what was shown, and says when that failed", async () => {
  read.mockResolvedValueOnce(waiting(1, 12)).mockRejectedValueOnce(new Error("gone"));
  await store.allRead(11);
  expect(read).toHaveBeenCalledWith({ up_to: 11 });
  expect(store.unread).toBe(1);
  await expect(store.allRead(12)).rejects.toThrow("gone");
});

it("what a page told by the way is newer than a question under way", async () => {
  let late: (answer: Waiting) => void = () => undefined;
  unread.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
  const first = store.refresh();
  store.know(waiting(2, 5));
  late(waiting(1, 4));
  await first;
  expect(store.waiting).toEqual({ unread: 2, newest: 5 });
});

it("not all pages ask in the same moment", async () => {
  const late = new NoticeStore({ unread, read }, () => 0.5);
  unread.mockResolvedValue(waiting(1));
  late.soon();
  await vi.advanceTimersByTimeAsync(SETTLE_MS);
  expect(unread).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(SETTLE_MS / 2);
  expect(unread).toHaveBeenCalledOnce();
});

it("what is behind another tab waits until it is looked at", () => {
  const shown = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  const act = vi.fn();
  whenVisible(act);
  const leave = whenVisible(act);
  leave();
  expect(act).not.toHaveBeenCalled();
  shown.mockReturnValue("visible");
  document.dispatchEvent(new Event("visibilitychange"));
  document.dispatchEvent(new Event("visibilitychange"));
  expect(act).toHaveBeenCalledOnce();
});
