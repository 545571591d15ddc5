import "fake-indexeddb/auto";
import { describe, expect, it, vi } from "vitest";
import { type CheckIn, checkedIn, checkInBody, checkInOutdated, latestOf } from "../../src/patrol/checkin.ts";
import { CheckInBox } from "../../src/patrol/checkinbox.ts";
import { keepCheckIn, keptCheckIns } from "../../src/patrol/store.ts";
import { ApiProblem, type NewCheckIn } from "../../src/shared/api/index.ts";

const NOW = new Date("2026-03-02T01:12:00Z");

function made(changed: Partial<CheckIn> = {}): CheckIn {
  const one = checkedIn({ client_id: "a", owner: "officer", grid: "430902005002001", grid_name: "网格 001", place: { lng: 112.3, lat: 28.5, accuracy_m: 9, by: "phone" }, now: NOW });
  return { ...one, ...changed };
}

function box(send: (body: NewCheckIn) => Promise<unknown>) {
  const seen: CheckIn[] = [];
  const kept: CheckIn[] = [];
  const ways = { send: send as never, keep: (one: CheckIn) => Promise.resolve(void kept.push(one)) };
  return { box: new CheckInBox(ways, (one) => void seen.push(one)), seen, kept };
}

const problem = (status: number, code: string): ApiProblem => new ApiProblem({ status, code, detail: code });

describe("a check-in", () => {
  it("carries its own id, the grid, the place and the phone's time", () => {
    expect(checkInBody(made())).toEqual({ client_id: "a", grid: "430902005002001", device_at: NOW.toISOString(), point: { lng: 112.3, lat: 28.5, crs: "wgs84", accuracy_m: 9 } });
  });

  it("is kept before it is sent, and forgets the place once it has arrived", async () => {
    const order: string[] = [];
    const { box: one, seen, kept } = box(() => {
      order.push(`send after ${kept.length}`);
      return Promise.resolve({});
    });
    await one.take(made());
    expect(order).toEqual(["send after 1"]);
    expect(seen.map((item) => item.standing)).toEqual(["waiting", "delivered"]);
    expect(kept.at(-1)?.place).toBeNull();
    expect(() => checkInBody(kept.at(-1) ?? made())).toThrow();
  });

  it("waits without a signal and goes under the same id when there is one", async () => {
    vi.useFakeTimers();
    const ids: string[] = [];
    let online = false;
    const { box: one, kept } = box((body) => {
      ids.push(body.client_id);
      return online ? Promise.resolve({}) : Promise.reject(problem(0, "network"));
    });
    await one.take(made());
    expect(kept.at(-1)?.standing).toBe("waiting");
    expect(kept.at(-1)?.place).not.toBeNull();
    online = true;
    await one.nudge();
    expect(kept.at(-1)?.standing).toBe("delivered");
    expect(ids).toEqual(["a", "a"]);
    vi.useRealTimers();
  });

  it("fails with the centre's words where trying again can't help, and forgets the place", async () => {
    const { box: one, kept } = box(() => Promise.reject(problem(422, "not-in-the-grid")));
    await one.take(made());
    expect(kept.at(-1)).toMatchObject({ standing: "failed", place: null, failure: { code: "not-in-the-grid" } });
  });

  it("is resumed after a reload, each once and the oldest first", async () => {
    const ids: string[] = [];
    const { box: one } = box((body) => Promise.resolve(ids.push(body.client_id)));
    await one.resume([made({ client_id: "late", device_at: "2026-03-02T02:00:00Z" }), made(), made({ client_id: "gone", standing: "delivered", place: null })]);
    expect(ids).toEqual(["a", "late"]);
  });

  it("shows the latest of today, by the clocks here", () => {
    const early = made({ client_id: "b", device_at: "2026-03-01T15:59:00Z" }); // 23:59 the day before
    expect(latestOf([early], "430902005002001", NOW)).toBeNull();
    expect(latestOf([early, made()], "430902005002001", NOW)?.client_id).toBe("a");
    expect(latestOf([made()], "430902005002002", NOW)).toBeNull();
  });

  it("stays on the phone while it waits, and three days once it is answered", async () => {
    const later = new Date(NOW.getTime() + 4 * 86_400_000);
    expect(checkInOutdated(made(), later)).toBe(false);
    await keepCheckIn(made());
    await keepCheckIn(made({ client_id: "done", standing: "delivered", place: null }));
    await keepCheckIn(made({ client_id: "other", owner: "somebody" }));
    expect((await keptCheckIns("officer", NOW)).map((one) => one.client_id).sort()).toEqual(["a", "done"]);
    expect((await keptCheckIns("officer", later)).map((one) => one.client_id)).toEqual(["a"]);
  });
});
