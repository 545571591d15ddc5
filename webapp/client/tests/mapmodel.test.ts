import { describe, expect, it } from "vitest";
import type { EventRow, Region } from "../src/shared/api/types.ts";
import { cameraText, collection, countsOf, featureOf, flat, grouped, inView, neighbour, onMap, readCamera, shortPlace } from "../src/map/model.ts";
import { goals } from "../src/map/search.tsx";
import { compassText } from "../src/map/near.tsx";
import { bearing, destination, sector } from "../src/shared/geo.ts";
import { eventRow, NOW } from "./rows.ts";

const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const can = { report: false, watch: true, accept: false, dispatch: true, deliveries: false, audit: false, overview: true };

const rows: EventRow[] = [
  eventRow({ id: 1, no: "A", state: "reported", stage_due_at: at(90), stage_near_at: at(60) }),
  eventRow({ id: 2, no: "B", state: "accepted", stage_due_at: at(5), stage_near_at: at(-2) }),
  eventRow({ id: 3, no: "C", state: "handling", stage_due_at: at(-8), stage_near_at: at(-20) }),
  eventRow({ id: 4, no: "D", state: "suspended", stage_due_at: null, stage_near_at: null }),
  eventRow({ id: 5, no: "E", state: "closed", ended_at: at(-30) }),
  eventRow({ id: 6, no: "F", state: "verifying", lng: null, lat: null, stage_due_at: null, stage_near_at: null }),
];

describe("what the bar counts", () => {
  it("counts every open event in one stage, and its urgency beside", () => {
    expect(countsOf(rows, NOW)).toEqual({ to_accept: 2, to_dispatch: 1, handling: 2, near: 1, over: 1 });
  });
});

describe("the list", () => {
  it("groups by urgency, most urgent first", () => {
    const groups = grouped(rows, NOW);
    expect(groups.map((group) => group.mark)).toEqual(["over", "near", "normal", "wait", "done"]);
    expect(flat(groups).map((row) => row.no)).toEqual(["C", "B", "A", "D", "F", "E"]);
  });

  it("walks with j and k, and stops at both ends", () => {
    expect(neighbour(rows, "A", 1)?.no).toBe("B");
    expect(neighbour(rows, "A", -1)?.no).toBe("A");
    expect(neighbour(rows, "F", 1)?.no).toBe("F");
    expect(neighbour(rows, "", 1)?.no).toBe("A");
    expect(neighbour([], "", 1)).toBeUndefined();
  });

  it("knows what is mine to do", () => {
    const named = (view: Parameters<typeof inView>[0]): string => rows.filter(inView(view, can, NOW)).map((row) => row.no).join("");
    expect(named("mine")).toBe("B");
    expect(named("open")).toBe("ABCDF");
    expect(named("handling")).toBe("CD");
    expect(named("unplaced")).toBe("F");
    expect(named("ended")).toBe("E");
    const tomorrow = NOW + 24 * 3_600_000;
    expect(rows.filter(inView("ended", can, tomorrow))).toEqual([]);
    expect(rows.filter(onMap("open", "", "", can, () => tomorrow)).some((row) => row.ended_at !== null)).toBe(false);
    expect(rows.filter(onMap("open", "", "", can, () => NOW)).some((row) => row.ended_at !== null)).toBe(true);
  });

  it("shortens a place to what tells it apart", () => {
    expect(shortPlace("大码头街道 群众街社区 网格005")).toBe("群众街 005");
    expect(shortPlace("金花坪村")).toBe("金花坪");
  });
});

describe("the map's features", () => {
  it("have integer ids, and leave out what has no place", () => {
    const features = collection(rows, NOW).features;
    expect(features.map((feature) => feature.id)).toEqual([1, 2, 3, 4, 5]);
    expect(featureOf(rows[2]!, NOW)?.properties).toMatchObject({ mark: "over", no: "C" });
    expect(featureOf(rows[5]!, NOW)).toBeNull();
  });
});

describe("the camera in the address", () => {
  it("comes back as written", () => {
    expect(readCamera(cameraText({ zoom: 14.25, lat: 28.6, lng: 112.33 }))).toEqual({ zoom: 14.25, lat: 28.6, lng: 112.33 });
  });
  it.each(["", "1/2", "x/y/z", "3/91/0", "99/0/0"])("refuses %j", (text) => {
    expect(readCamera(text)).toBeNull();
  });
});

describe("the search box", () => {
  const regions: Region[] = [{ code: "430902", name: "资阳区", level: "county", path: "4309/430902/", bbox: [0, 0, 1, 1], children: 3 }];
  it("finds by number, category and place, all words together", () => {
    const found = goals("井盖 群众", rows, regions, []);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((goal) => goal.kind === "event")).toBe(true);
    expect(goals("井盖 没有", rows, regions, [])).toEqual([]);
  });
  it("finds regions and grids", () => {
    expect(goals("资阳区", [], regions, [])).toEqual([{ kind: "region", region: regions[0] }]);
    expect(goals("430902001003005", [], regions, [])[0]).toEqual({ kind: "grid", code: "430902001003005" });
    expect(goals("  ", rows, regions, [])).toEqual([]);
  });
});

it("points from the event to the channel", () => {
  expect(Math.round(bearing([112, 28], [112, 28.001]))).toBe(0);
  expect(Math.round(bearing([112, 28], [112.001, 28]))).toBe(90);
  expect(Math.round(bearing([112, 28], [111.999, 28]))).toBe(270);
  const [lng, lat] = destination([112, 28], 500, 200);
  expect(bearing([112, 28], [lng, lat])).toBeCloseTo(200, 1);
});

it("closes a view cone at its site, and a full circle on itself", () => {
  const cone = sector([112, 28], 50, 90, 60);
  expect(cone[0]).toEqual(cone[cone.length - 1]);
  expect(cone[0]).toEqual([112, 28]);
  const round = sector([112, 28], 50, 0, 360);
  expect(round[0]?.[0]).toBeCloseTo(round[round.length - 1]?.[0] ?? 0, 9);
  expect(round).not.toContainEqual([112, 28]);
});

it("names the eight directions, whole turns and negative ones included", () => {
  expect([0, 44, 90, 200, 359, -90, 720].map(compassText)).toEqual(["north", "north-east", "east", "south", "north", "west", "north"]);
});
