import { expect, it } from "vitest";
import type { ShiftEvent, ShiftNote } from "../src/shared/api/shifts.ts";
import { carriedBeside, draftOf, dropped, EMPTY, mentioned, MOST, remarked } from "../src/shifts/draft.ts";

const event = (no: string, carried = false): ShiftEvent => ({ no, category: "", place: "", state_label: "", ended: false, remark: `mind ${no}`, carried });

it("names an event once, in capitals, and no more than there is room for", () => {
  const one = mentioned(mentioned(EMPTY, " ev1 "), "EV1");
  expect(one.mentions).toEqual([{ no: "EV1", remark: "" }]);
  expect(mentioned(one, "  ")).toBe(one);
  let many = EMPTY;
  for (let at = 0; at <= MOST; at += 1) many = mentioned(many, `EV${at}`);
  expect(many.mentions).toHaveLength(MOST);
});

it("keeps remarks with their event, and drops one alone", () => {
  const two = remarked(mentioned(mentioned(EMPTY, "EV1"), "EV2"), "EV2", "盯紧");
  expect(dropped(two, "EV1").mentions).toEqual([{ no: "EV2", remark: "盯紧" }]);
});

it("writes one's note anew without what comes again by itself", () => {
  const note = { text: "夜间平稳", events: [event("EV1"), event("EV2", true)] } as ShiftNote;
  const draft = draftOf(note);
  expect(draft).toEqual({ text: "夜间平稳", mentions: [{ no: "EV1", remark: "mind EV1" }] });
  expect(carriedBeside(mentioned(draft, "EV3"), [event("EV2", true), event("EV3", true)]).map((one) => one.no)).toEqual(["EV2"]);
});
