import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoff, lineUrl, LiveClient, type LiveState, type Snapshot, type SocketLike } from "../src/shared/live/client.ts";

interface Row {
  name: string;
}

class FakeSocket implements SocketLike {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }
  close(): void {
    this.closed = true;
  }
  say(frame: unknown): void {
    this.onmessage?.(new MessageEvent("message", { data: typeof frame === "string" ? frame : JSON.stringify(frame) }));
  }
  die(code = 1006): void {
    this.onclose?.(Object.assign(new Event("close"), { code }) as CloseEvent);
  }
}

function bench(snapshots: (Snapshot<Row> | Error)[]) {
  const sockets: FakeSocket[] = [];
  const states: LiveState[] = [];
  const rows = new Map<number, string>();
  const asked = vi.fn(async () => {
    const next = snapshots.shift();
    if (next === undefined || next instanceof Error) throw next ?? new Error("no more snapshots");
    return Promise.resolve(next);
  });
  const client = new LiveClient<Row>({
    snapshot: asked,
    reset: (fresh) => {
      rows.clear();
      fresh.forEach((row, index) => rows.set(index + 1, row.name));
    },
    apply: (changes) => {
      for (const change of changes) {
        if (change.row) rows.set(change.id, change.row.name);
        else rows.delete(change.id);
      }
    },
    onState: (state) => states.push(state),
    socket: (url) => {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      return socket;
    },
    random: () => 1,
  });
  const settle = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(0);
  };
  return { client, sockets, states, rows, asked, settle, last: () => states[states.length - 1], socket: () => sockets[sockets.length - 1]! };
}

const update = (prev: number, seq: number, id: number, name: string) => ({ type: "updates", prev, seq, changes: [{ layer: "events", id, row: { name } }] });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the live line", () => {
  it("takes a snapshot, asks for what follows it, and is live when it has what the welcome names", async () => {
    const { client, rows, socket, last, settle } = bench([{ seq: 7, rows: [{ name: "one" }] }]);
    client.start();
    await settle();
    expect(socket().url).toContain("/ws/live?since=7");
    socket().say({ type: "welcome", seq: 9 });
    expect(last()?.kind).toBe("catching_up");
    socket().say(update(7, 9, 2, "two"));
    expect(last()?.kind).toBe("live");
    expect([...rows.values()]).toEqual(["one", "two"]);
    expect(client.seq).toBe(9);
  });

  it("asks again from its own number when one is missing, and does not apply what came after the gap", async () => {
    const { client, rows, sockets, asked, settle } = bench([{ seq: 1, rows: [] }]);
    client.start();
    await settle();
    sockets[0]!.say({ type: "welcome", seq: 1 });
    sockets[0]!.say(update(1, 2, 1, "two"));
    sockets[0]!.say(update(3, 4, 1, "four"));
    await settle();
    expect(sockets[0]!.closed).toBe(true);
    expect(sockets[1]!.url).toContain("since=2");
    expect(rows.get(1)).toBe("two");
    sockets[1]!.say({ type: "welcome", seq: 4 });
    sockets[1]!.say(update(2, 4, 1, "four"));
    expect(rows.get(1)).toBe("four");
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("ignores what was said before, so that a repeat or an older frame changes nothing", async () => {
    const { client, rows, sockets, settle } = bench([{ seq: 5, rows: [] }]);
    client.start();
    await settle();
    sockets[0]!.say(update(5, 6, 1, "six"));
    sockets[0]!.say(update(4, 5, 1, "five"));
    sockets[0]!.say(update(5, 6, 1, "again"));
    expect(rows.get(1)).toBe("six");
    expect(sockets).toHaveLength(1);
  });

  it("takes a new snapshot when the server says so", async () => {
    const { client, rows, sockets, asked, settle } = bench([
      { seq: 5, rows: [{ name: "old" }, { name: "gone" }] },
      { seq: 90, rows: [{ name: "new" }] },
    ]);
    client.start();
    await settle();
    sockets[0]!.say({ type: "resync" });
    await settle();
    expect(asked).toHaveBeenCalledTimes(2);
    expect([...rows.values()]).toEqual(["new"]);
    expect(sockets[1]!.url).toContain("since=90");
  });

  it("waits longer after each failure, says since when it is cut off, and starts anew once it was live", async () => {
    const { client, sockets, states, last, settle } = bench([{ seq: 1, rows: [] }]);
    client.start();
    await settle();
    sockets[0]!.say({ type: "welcome", seq: 1 });
    const waits: number[] = [];
    for (let index = 0; index < 7; index += 1) {
      sockets[index]!.die();
      const state = last();
      expect(state?.kind).toBe("offline");
      waits.push(state?.kind === "offline" ? state.retryAt - Date.now() : -1);
      await vi.advanceTimersByTimeAsync(waits[index]!);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    expect(last()?.heardAt).toBe(states.find((state) => state.kind === "live")?.heardAt);
    sockets[7]!.say({ type: "welcome", seq: 1 });
    sockets[7]!.die();
    const state = last();
    expect(state?.kind === "offline" && state.retryAt - Date.now()).toBe(1000);
  });

  it("tries the snapshot again when the first one fails", async () => {
    const { client, sockets, last, asked, settle } = bench([new Error("down"), { seq: 3, rows: [] }]);
    client.start();
    await settle();
    expect(last()).toMatchObject({ kind: "offline", heardAt: 0 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(sockets).toHaveLength(1);
  });

  it("takes a silent line for dead, and ticks keep it alive", async () => {
    const { client, sockets, last, settle } = bench([{ seq: 1, rows: [] }]);
    client.start();
    await settle();
    sockets[0]!.say({ type: "welcome", seq: 1 });
    await vi.advanceTimersByTimeAsync(20_000);
    sockets[0]!.say({ type: "tick", at: new Date(Date.now()).toISOString() });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(last()?.kind).toBe("live");
    await vi.advanceTimersByTimeAsync(5_500);
    expect(last()?.kind).toBe("offline");
  });

  it("reconnects at once when asked to, and not at all after stop", async () => {
    const { client, sockets, settle } = bench([{ seq: 1, rows: [] }]);
    client.start();
    await settle();
    sockets[0]!.die();
    client.reconnectNow();
    await settle();
    expect(sockets).toHaveLength(2);
    client.stop();
    expect(sockets[1]!.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sockets).toHaveLength(2);
  });

  it("drops a line that talks nonsense", async () => {
    const { client, sockets, last, settle } = bench([{ seq: 1, rows: [] }]);
    client.start();
    await settle();
    sockets[0]!.say("not json");
    expect(last()?.kind).toBe("offline");
    expect(sockets[0]!.closed).toBe(true);
  });
});

it("spreads the waits between half and the whole of their length", () => {
  expect(backoff(0, () => 0)).toBe(500);
  expect(backoff(3, () => 0.5)).toBe(6000);
  expect(backoff(50, () => 1)).toBe(30_000);
});

it("opens the line on the page's own origin", () => {
  expect(lineUrl(4, { protocol: "https:", host: "grid.example:8443" })).toBe("wss://grid.example:8443/ws/live?since=4");
  expect(lineUrl(0, { protocol: "http:", host: "127.0.0.1" })).toBe("ws://127.0.0.1/ws/live?since=0");
});
