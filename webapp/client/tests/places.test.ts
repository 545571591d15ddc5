import { expect, it } from "vitest";
import type { Placement } from "../src/shared/api/types.ts";
import { boxAround, boxOf, gridCode, gridTyped } from "../src/shared/places.ts";

const place = (change: Partial<Placement>): Placement => ({
  name: "群众街社区", kind: "village", kind_label: "", code: "430902001003", path: "4309/430902/430902001/430902001003/", place: "", lng: 112.3, lat: 28.6, reach_m: 500, bbox: null, score: 0.6, sure: false, why: [], ...change,
});

it("reads a village and a grid's number as the grid's code", () => {
  const villages = [place({ kind: "place", code: "", name: "群众街小学" }), place({})];
  for (const typed of ["群众街 5", "群众街社区网格005"]) expect(gridCode(gridTyped(typed)?.number ?? "", villages)).toBe("430902001003005");
  expect(gridTyped("群众街社区网格005")?.village).toBe("群众街社区");
  expect(gridTyped("群众街")).toBeNull();
  expect(gridTyped("123")).toBeNull();
  expect(gridCode("005", [place({ kind: "place" })])).toBeNull();
});

it("shows a region whole and a spot with the streets around it", () => {
  expect(boxOf(place({ bbox: [1, 2, 3, 4] }))).toEqual([1, 2, 3, 4]);
  const [west, south, east, north] = boxOf(place({}));
  expect(west < 112.3 && east > 112.3 && south < 28.6 && north > 28.6).toBe(true);
  expect(boxAround([])).toBeNull();
  const all = boxAround([place({}), place({ lng: 112.4 })]);
  expect(all && all[0] < 112.3 && all[2] > 112.4).toBe(true);
});
