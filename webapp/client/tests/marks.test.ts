import { describe, expect, it } from "vitest";
import { byDue, markOf, nextTurn } from "../src/shared/marks.ts";
import { eventRow, NOW } from "./rows.ts";

const at = (offset: number): string => new Date(NOW + offset).toISOString();

describe("the mark of an event", () => {
  it.each([
    ["ended, whatever the clock says", { ended_at: at(-1), stage_due_at: at(-5) }, "done"],
    ["no clock runs", { stage_due_at: null, stage_near_at: null }, "wait"],
    ["due this very moment", { stage_due_at: at(0), stage_near_at: at(-9) }, "over"],
    ["a millisecond before it is due", { stage_due_at: at(1), stage_near_at: at(-9) }, "near"],
    ["near this very moment", { stage_due_at: at(9), stage_near_at: at(0) }, "near"],
    ["a millisecond before it is near", { stage_due_at: at(9), stage_near_at: at(1) }, "normal"],
    ["without a near moment", { stage_due_at: at(9), stage_near_at: null }, "normal"],
  ])("%s", (_, own, mark) => {
    expect(markOf(eventRow(own), NOW)).toBe(mark);
  });

  it("knows when the next one changes by time alone", () => {
    const rows = [eventRow({ stage_near_at: at(-5), stage_due_at: at(700) }), eventRow({ stage_near_at: at(300), stage_due_at: at(900) }), eventRow({ ended_at: at(-1), stage_near_at: at(10) })];
    expect(nextTurn(rows, NOW)).toBe(NOW + 300);
    expect(nextTurn([], NOW)).toBe(Infinity);
    expect(nextTurn([eventRow({ stage_due_at: null, stage_near_at: null })], NOW)).toBe(Infinity);
  });
});

it("sorts by what is due first, stopped clocks last, and equal ones by number", () => {
  const rows = [eventRow({ no: "C", stage_due_at: null }), eventRow({ no: "B", stage_due_at: at(5) }), eventRow({ no: "A", stage_due_at: at(5) }), eventRow({ no: "D", stage_due_at: at(-5) })];
  expect(rows.sort(byDue).map((row) => row.no)).toEqual(["D", "A", "B", "C"]);
});
