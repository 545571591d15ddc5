import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { counted, NoticeStore, SETTLE_MS } from "../src/shared/notices/store.ts";

const unread = vi.fn<() => Promise<{ unread: number }>>();
const read = vi.fn<(what: { event: string; version: number } | null) => Promise<{ unread: number }>>();
let store: NoticeStore;
beforeEach(() => {
  vi.useFakeTimers();
  unread.mockReset();
  read.mockReset();
  store = new NoticeStore({ unread, read });
});
afterEach(() => void vi.useRealTimers());

it("says a count as people read it", () => {
  expect([0, 1, 99, 100].map(counted)).toEqual(["", "1", "99", "99+"]);
});

it("asks once for many changes", async () => {
  unread.mockResolvedValue({ unread: 3 });
  for (let change = 0; change < 50; change += 1) store.soon();
  await vi.advanceTimersByTimeAsync(SETTLE_MS);
  expect(unread).toHaveBeenCalledOnce();
  expect(store.unread).toBe(3);
});

it("tells its watchers of a change and of nothing else", async () => {
  const told = vi.fn();
  const leave = store.watch(told);
  unread.mockResolvedValueOnce({ unread: 2 }).mockResolvedValueOnce({ unread: 2 }).mockResolvedValueOnce({ unread: 1 });
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
  unread.mockResolvedValueOnce({ unread: 1 });
  await store.refresh();
  read.mockResolvedValueOnce({ unread: 0 });
  await store.seen("EV1", 3);
  expect(read).toHaveBeenCalledWith({ event: "EV1", version: 3 });
  expect(store.unread).toBe(0);
});

it("keeps what it knows where the server can't be reached, and lets no older answer overtake a newer", async () => {
  unread.mockResolvedValueOnce({ unread: 4 });
  await store.refresh();
  unread.mockRejectedValueOnce(new Error("gone"));
  await store.refresh();
  expect(store.unread).toBe(4);
  let late: (answer: { unread: number }) => void = () => undefined;
  unread.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
  const first = store.refresh();
  read.mockResolvedValueOnce({ unread: 0 });
  await store.allRead();
  late({ unread: 9 });
  await first;
  expect(store.unread).toBe(0);
});
