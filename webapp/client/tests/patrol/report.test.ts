import { describe, expect, it } from "vitest";
import { newId } from "../../src/patrol/identity.ts";
import { begun, body, delivered, lacks, outdated, pause, type Picture, type Report, setBack } from "../../src/patrol/report.ts";
import { hashOf, type Screen, screenOf } from "../../src/patrol/route.ts";

const now = new Date("2026-11-20T06:14:00Z");

export function picture(id: string, extra: Partial<Picture> = {}): Picture {
  return { id, blob: new Blob([id]), shows: "before", taken_at: now.toISOString(), sha256: `hash-${id}`, point: null, ...extra };
}

function complete(extra: Partial<Report> = {}): Report {
  return {
    ...begun({ client_id: "c1", owner: "li", now }),
    category: "06-001",
    place: { lng: 112.32, lat: 28.59, accuracy_m: 8, by: "phone" },
    description: " 已摆锥桶 ",
    pictures: [picture("a")],
    ...extra,
  };
}

describe("a report", () => {
  it("says what it still lacks, in the form's order", () => {
    expect(lacks(begun({ client_id: "c", owner: "li", now }))).toEqual(["photo", "category", "place"]);
    expect(lacks(complete())).toEqual([]);
    expect(lacks(complete({ solved: { ways: [], text: " " } }))).toEqual(["photo_after", "way"]);
  });

  it("becomes the body that the centre takes", () => {
    expect(body(complete())).toEqual({
      client_id: "c1", category: "06-001", point: { lng: 112.32, lat: 28.59, crs: "wgs84", accuracy_m: 8 }, description: "已摆锥桶",
      photos: ["hash-a"], device_at: now.toISOString(), self_resolve: null,
    });
  });

  it("carries both pictures and the ways when it was solved on the spot", () => {
    const solved = complete({ pictures: [picture("a"), picture("b", { shows: "after" })], solved: { ways: ["已清理"], text: "已劝导店主" } });
    expect(body(solved).self_resolve).toEqual({ description: "已清理，已劝导店主", photos: ["hash-b"] });
    expect(body(solved).photos).toEqual(["hash-a"]);
  });

  it("is not sent incomplete, nor with a picture that is not up", () => {
    expect(() => body(complete({ place: null }))).toThrow();
    expect(() => body(complete({ pictures: [picture("a", { sha256: null })] }))).toThrow();
  });

  it("waits after a passing setback and fails after a refusal, keeping everything typed", () => {
    const offline = setBack(complete(), { status: 0, code: "network", message: "", field: null });
    expect([offline.standing, offline.attempts, offline.client_id]).toEqual(["waiting", 1, "c1"]);
    expect(setBack(complete(), { status: 503, code: "x", message: "", field: null }).standing).toBe("waiting");
    expect(setBack(complete(), { status: 401, code: "x", message: "", field: null }).standing).toBe("waiting");
    const refused = setBack(complete(), { status: 422, code: "outside", message: "不在本市", field: "point" });
    expect(refused.standing).toBe("failed");
    expect(refused.failure).toEqual({ code: "outside", message: "不在本市", field: "point" });
    expect(refused.description).toBe(complete().description);
  });

  it("waits longer each time, five minutes at most", () => {
    expect([1, 2, 3, 99].map(pause)).toEqual([5, 10, 20, 300]);
  });

  it("is kept 30 days once delivered, and for ever before that", () => {
    const there = delivered(complete(), { no: "EV1", state_label: "待受理" }, now);
    expect([there.standing, there.event_no]).toEqual(["delivered", "EV1"]);
    const later = new Date(now.getTime() + 31 * 86_400_000);
    expect(outdated(there, later)).toBe(true);
    expect(outdated(complete(), later)).toBe(false);
  });
});

describe("ids and addresses", () => {
  it("are UUIDs of version 4, also without randomUUID", () => {
    const plain = { getRandomValues: (bytes: Uint8Array) => bytes.fill(255) } as unknown as Crypto;
    expect(newId(plain)).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("lead to a screen and back", () => {
    const screens: Screen[] = [{ name: "home" }, { name: "mine" }, { name: "me" }, { name: "report", id: "a-1" }, { name: "solve", id: "a-1" }, { name: "event", no: "EV1" }];
    for (const screen of screens) expect(screenOf(hashOf(screen))).toEqual(screen);
    expect(screenOf("#/nonsense/x")).toEqual({ name: "home" });
    expect(screenOf("")).toEqual({ name: "home" });
  });
});
