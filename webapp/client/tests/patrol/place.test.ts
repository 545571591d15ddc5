import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lacking } from "../../src/patrol/checkform.tsx";
import { type Fix, locate } from "../../src/patrol/locate.ts";
import { better, notYours } from "../../src/patrol/placepick.tsx";
import type { Place } from "../../src/patrol/report.ts";
import { Uploads } from "../../src/patrol/uploads.ts";
import type { AllowedStep, PhotoReceipt } from "../../src/shared/api/index.ts";

function fakeGeolocation() {
  let success: PositionCallback = () => undefined;
  let failure: PositionErrorCallback = () => undefined;
  const cleared: number[] = [];
  const geolocation = {
    watchPosition: (ok: PositionCallback, bad: PositionErrorCallback) => {
      success = ok;
      failure = bad;
      return 7;
    },
    clearWatch: (id: number) => cleared.push(id),
    getCurrentPosition: () => undefined,
  } as unknown as Geolocation;
  const fix = (accuracy: number): void => success({ coords: { longitude: 112.3, latitude: 28.6, accuracy } } as GeolocationPosition);
  const fail = (code: number): void => failure({ code } as GeolocationPositionError);
  return { geolocation, fix, fail, cleared };
}

describe("the phone's place", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells only better fixes, and stops once it is good", () => {
    const phone = fakeGeolocation();
    const told: Fix[] = [];
    locate((fix) => told.push(fix), { geolocation: phone.geolocation, secure: true });
    phone.fix(80);
    phone.fix(120);
    phone.fix(8.4);
    expect(told.map((fix) => (fix.kind === "fixed" ? fix.place.accuracy_m : fix.kind))).toEqual(["seeking", 80, 8]);
    expect(phone.cleared).toEqual([7]);
  });

  it("says why there is none: no encryption, refused, or nothing in 20 seconds", () => {
    const told: Fix[] = [];
    const tell = (fix: Fix): void => void told.push(fix);
    locate(tell, { geolocation: fakeGeolocation().geolocation, secure: false });
    const refused = fakeGeolocation();
    locate(tell, { geolocation: refused.geolocation, secure: true });
    refused.fail(1);
    locate(tell, { geolocation: fakeGeolocation().geolocation, secure: true });
    vi.advanceTimersByTime(20_000);
    expect(told.flatMap((fix) => (fix.kind === "refused" ? [fix.why] : []))).toEqual(["insecure", "denied", "timeout"]);
  });

  it("never moves a place that a hand has put there", () => {
    const place = (by: Place["by"], accuracy_m: number | null): Place => ({ lng: 1, lat: 2, by, accuracy_m });
    expect(better(place("hand", null), place("phone", 3))).toBe(false);
    expect(better(place("phone", 20), place("phone", 10))).toBe(true);
    expect(better(place("phone", 10), place("phone", 20))).toBe(false);
    expect(better(place("picture", null), place("phone", 50))).toBe(true);
    expect(better(null, place("phone", 500))).toBe(true);
  });
});

describe("uploads", () => {
  it("send a picture once however many ask, and again only after it failed", async () => {
    let sends = 0;
    let answer: (receipt: PhotoReceipt) => void = () => undefined;
    let refuse: (reason: Error) => void = () => undefined;
    const uploads = new Uploads((_blob, progress) => {
      sends += 1;
      progress(0.5);
      return new Promise((resolve, reject) => {
        answer = resolve;
        refuse = reject;
      });
    });
    const blob = new Blob(["x"]);
    const first = uploads.one(blob, () => undefined);
    refuse(new Error("cut"));
    await expect(first).rejects.toThrow("cut");
    const again = uploads.one(blob, () => undefined);
    const joined = uploads.one(blob, () => undefined);
    answer({ sha256: "h" } as PhotoReceipt);
    expect((await again).sha256).toBe((await joined).sha256);
    expect(sends).toBe(2);
  });
});

describe("the check", () => {
  const field = (name: string, required: boolean) => ({ name, kind: "text" as const, label: "", required, help: "", choices: null });
  const step = (required: string[]): AllowedStep => ({ step: "fail_check", label: "", primary: false, key: null, effect: "", fields: ["photos", "text"].map((name) => field(name, required.includes(name))) });

  it("asks for what the step requires, the photo first", () => {
    const nothing = { text: " ", far_reason: "", photos: [] };
    expect(lacking(step(["photos", "text"]), nothing)).toContain("photo");
    expect(lacking(step(["photos", "text"]), { ...nothing, photos: ["h"] })).toContain("found");
    expect(lacking(step(["photos"]), { ...nothing, photos: ["h"] })).toBe("");
  });
});

describe("whose place it is to report", () => {
  const grid = (code: string) => ({ code, name: code, path: `43/01/${code}/`, place: code });
  const post = (role: string, path: string) => ({ role, role_label: role, organisation: 1, organisation_name: "", level: "township", path });
  const own = [{ code: "001", name: "", path: "", place: "" }];
  beforeEach(() => void vi.stubGlobal("gettext", (word: string) => word));

  it("is an officer's own grid, and no other", () => {
    const me = { grids: own, posts: [post("grid_officer", "43/01/")] };
    expect(notYours(me, grid("001"))).toBe("");
    expect(notYours(me, grid("002"))).toContain("not your grid");
  });
  it("is an acceptor's whole region", () => {
    expect(notYours({ grids: [], posts: [post("acceptor", "43/01/")] }, grid("002"))).toBe("");
    expect(notYours({ grids: [], posts: [post("acceptor", "43/02/")] }, grid("002"))).toContain("outside the region");
    expect(notYours({ grids: own, posts: [post("grid_officer", "43/02/"), post("acceptor", "43/01/")] }, grid("002"))).toBe("");
  });
});
