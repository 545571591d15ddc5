import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiProblem, type EventCard, type NewEvent } from "../../src/shared/api/index.ts";
import { begun, type Picture, type Report } from "../../src/patrol/report.ts";
import { Outbox, send, type Ways } from "../../src/patrol/sender.ts";
import { discard, keep, keepRecentCategories, kept, recentCategories } from "../../src/patrol/store.ts";

const now = new Date("2026-11-20T06:14:00Z");
const answer = { no: "EV20261120-0042", state_label: "待受理" } as EventCard;

function report(id: string, pictures = 2): Report {
  const made = Array.from({ length: pictures }, (_, at): Picture => ({ id: `${id}-${at}`, blob: new Blob(["x"]), shows: "before", taken_at: now.toISOString(), sha256: null, point: null }));
  return { ...begun({ client_id: id, owner: "li", now }), category: "06-001", place: { lng: 112, lat: 28, accuracy_m: 5, by: "phone" }, pictures: made };
}

interface World extends Ways {
  uploads: number;
  sent: NewEvent[];
  stored: Report[];
}

function world(failing: { uploads?: number[]; reports?: (ApiProblem | null)[] } = {}): World {
  const made: World = {
    uploads: 0,
    sent: [],
    stored: [],
    upload: () => {
      made.uploads += 1;
      if (failing.uploads?.includes(made.uploads)) return Promise.reject(new ApiProblem({ status: 0, code: "network", detail: "" }));
      return Promise.resolve({ sha256: `h${made.uploads}`, url: "", thumb: "", width: 1, height: 1, taken_at: null, point: null });
    },
    report: (event) => {
      made.sent.push(event);
      const problem = failing.reports?.shift();
      return problem ? Promise.reject(problem) : Promise.resolve(answer);
    },
    keep: (kept) => {
      made.stored.push(kept);
      return Promise.resolve();
    },
    now: () => now,
  };
  return made;
}

describe("sending one report", () => {
  it("uploads each picture once, then reports, and stores every stage", async () => {
    const ways = world();
    const standings: string[] = [];
    const result = await send(report("a"), ways, (r) => standings.push(r.standing));
    expect(result.standing).toBe("delivered");
    expect(ways.sent[0]?.photos).toEqual(["h1", "h2"]);
    expect(ways.stored.map((r) => r.standing)).toEqual(["sending", "sending", "sending", "delivered"]);
    expect(standings.at(-1)).toBe("delivered");
  });

  it("goes on where it was cut off: an uploaded picture is not sent again", async () => {
    const ways = world({ uploads: [2] });
    const waiting = await send(report("a"), ways, () => undefined);
    expect(waiting.standing).toBe("waiting");
    expect(waiting.pictures.map((p) => p.sha256)).toEqual(["h1", null]);
    const result = await send(waiting, ways, () => undefined);
    expect(result.standing).toBe("delivered");
    expect(ways.uploads).toBe(3);
  });

  it("keeps one client id through all attempts", async () => {
    const ways = world({ reports: [new ApiProblem({ status: 503, code: "busy", detail: "" }), null] });
    const first = await send(report("same"), ways, () => undefined);
    await send(first, ways, () => undefined);
    expect(ways.sent.map((event) => event.client_id)).toEqual(["same", "same"]);
  });

  it("says in the server's words why a report was refused", async () => {
    const refusal = new ApiProblem({ status: 422, code: "outside", detail: "有误", errors: [{ field: "point", message: "位置在本市之外" }] });
    const result = await send(report("a"), world({ reports: [refusal] }), () => undefined);
    expect([result.standing, result.failure?.message, result.failure?.field]).toEqual(["failed", "位置在本市之外", "point"]);
  });
});

describe("the outbox", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tries again by itself after a pause, and leaves a refused report alone", async () => {
    const ways = world({ reports: [new ApiProblem({ status: 0, code: "network", detail: "" }), null] });
    const seen: string[] = [];
    const outbox = new Outbox(ways, (r) => seen.push(r.standing));
    await outbox.take(report("a", 1));
    expect(seen.at(-1)).toBe("waiting");
    await vi.advanceTimersByTimeAsync(4_000);
    expect(ways.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ways.sent).toHaveLength(2);
    expect(seen.at(-1)).toBe("delivered");
    await vi.advanceTimersByTimeAsync(600_000);
    expect(ways.sent).toHaveLength(2);
  });

  it("sends what an earlier visit left waiting or half sent, oldest first, and not the drafts", async () => {
    const ways = world();
    const outbox = new Outbox(ways, () => undefined);
    const older = { ...report("older", 1), standing: "sending" as const, created_at: "2026-11-19T00:00:00Z" };
    await outbox.resume([{ ...report("newer", 1), standing: "waiting" }, older, report("draft", 1)]);
    expect(ways.sent.map((event) => event.client_id)).toEqual(["older", "newer"]);
  });

  it("sends one at a time", async () => {
    let running = 0;
    let most = 0;
    const ways = world();
    const slow: Ways = {
      ...ways,
      report: async (event) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 100));
        running -= 1;
        return ways.report(event);
      },
    };
    const outbox = new Outbox(slow, () => undefined);
    const both = [outbox.take(report("a", 1)), outbox.take(report("b", 1))];
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all(both);
    expect(most).toBe(1);
    expect(ways.sent).toHaveLength(2);
  });
});

describe("what the phone keeps", () => {
  it("is found again by its owner only, newest first", async () => {
    await keep({ ...report("one"), created_at: "2026-11-20T01:00:00Z" });
    await keep({ ...report("two"), created_at: "2026-11-20T02:00:00Z" });
    await keep({ ...report("other"), owner: "wang" });
    expect((await kept("li", now)).map((r) => r.client_id)).toEqual(["two", "one"]);
    await discard("one");
    expect(await kept("li", now)).toHaveLength(1);
    await keepRecentCategories("li", ["06-001"]);
    expect(await recentCategories("li")).toEqual(["06-001"]);
    expect(await recentCategories("wang")).toEqual([]);
  });

  it("drops delivered reports after 30 days and never an unsent one", async () => {
    await keep({ ...report("old"), owner: "zhao", standing: "delivered", delivered_at: "2026-10-01T00:00:00Z" });
    await keep({ ...report("unsent"), owner: "zhao", created_at: "2026-01-01T00:00:00Z" });
    expect((await kept("zhao", now)).map((r) => r.client_id)).toEqual(["unsent"]);
    expect((await kept("zhao", now)).map((r) => r.client_id)).toEqual(["unsent"]);
  });
});
