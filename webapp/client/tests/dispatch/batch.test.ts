import { describe, expect, it } from "vitest";
import { batchSteps, EACH, itemsOf, resultWords, shares, told } from "../../src/dispatch/batch.ts";
import { currentTimer, usedShare } from "../../src/dispatch/clockparts.tsx";
import { DEFAULTS, inWords, narrowings, question, regionChoices, sameQuestion, widened } from "../../src/dispatch/filter.ts";
import type { WorkRow } from "../../src/dispatch/worklist.ts";
import { type AllowedStep, type BatchOutcome, type Category, type Region, type StageTimer } from "../../src/shared/api/index.ts";
import { eventRow } from "../rows.ts";

function row(no: string, allowed: string[]): WorkRow {
  return { ...eventRow({ no, version: 4 }), allowed, share: null };
}

const plain = { label: "", primary: false, key: null, effect: "", fields: [] };
const text = { name: "text", kind: "longtext" as const, label: "", required: false, help: "", choices: null };
const known: AllowedStep[] = [{ ...plain, step: "sign" }, { ...plain, step: "return", fields: [text] }, { ...plain, step: "note", fields: [text] }, { ...plain, step: "dispatch" }];
const plan = { organisations: [{ id: 9, name: "区住建局" }], suggested: [{ no: "E1", organisation: 7, name: "区城管局", joint: [8], reason: "rule 1" }, { no: "E2", organisation: null, name: "", joint: [], reason: "" }] };

describe("a batch", () => {
  it("offers only steps that every row allows and that are taken on several at once", () => {
    const rows = [row("E1", ["sign", "return", "note", "dispatch"]), row("E2", ["sign", "return", "note"])];
    expect(batchSteps(rows, known).map((step) => step.step)).toEqual(["sign", "note"]);
    expect(batchSteps([], known)).toEqual([]);
  });

  it("sends each with the version that was shown, and to whom it goes", () => {
    const rows = [row("E1", []), row("E2", []), row("E3", [])];
    expect(itemsOf(rows, null, "")).toEqual(["E1", "E2", "E3"].map((no) => ({ no, version: 4 })));
    expect(itemsOf(rows, plan, "9").map((one) => one.organisation)).toEqual([9, 9, 9]);
    expect(itemsOf(rows, plan, EACH)).toEqual([{ no: "E1", version: 4, organisation: 7, joint: [8] }]);
    expect(shares(rows, plan)).toEqual([{ name: "区城管局", count: 1 }, { name: "", count: 2 }]);
  });

  it("tells apart what was done and what was not", () => {
    const outcome = (no: string, result: BatchOutcome["result"]): BatchOutcome => ({ no, result, code: "", detail: "", version: null, state: "", state_label: "" });
    const all = [outcome("E1", "done"), outcome("E2", "changed"), outcome("E3", "unreached")];
    expect(told(all).done.map((one) => one.no)).toEqual(["E1"]);
    expect(told(all).others.map((one) => one.no)).toEqual(["E2", "E3"]);
    expect(new Set(all.map((one) => resultWords(one.result))).size).toBe(3);
  });
});

describe("the filters", () => {
  const state = { ...DEFAULTS, view: "open", state: "handling", q: " 路灯 ", no: "E1" };

  it("make the question, and the cursor is no part of it", () => {
    expect(question(state, { limit: 5 })).toEqual({ view: "open", region: "", category: "", state: "handling", q: "路灯", sort: "", limit: 5 });
    expect(sameQuestion(state, { ...state, no: "E2" })).toBe(true);
    expect(sameQuestion(state, { ...state, sort: "-reported" })).toBe(false);
  });

  it("can be named and taken off", () => {
    expect(narrowings(state)).toEqual(["state", "q"]);
    expect(narrowings({ ...state, ...widened() })).toEqual([]);
    const lists = { regions: [{ path: "1/2/", name: "资阳区" } as Region], categories: [{ code: "06-001", name: "井盖缺损" } as Category] };
    expect(inWords("region", { ...state, region: "1/2/" }, lists)).toContain("资阳区");
    expect(inWords("category", { ...state, category: "06-001" }, lists)).toContain("井盖缺损");
    expect(inWords("q", state, lists)).toContain("路灯");
  });

  it("show regions below the ones that hold them", () => {
    const regions = [{ path: "1/2/", name: "b" }, { path: "1/", name: "a" }, { path: "3/", name: "c" }] as Region[];
    expect(regionChoices(regions).map((choice) => choice.label)).toEqual(["a", "\u3000b", "c"]);
  });
});

describe("the running allowance", () => {
  const timer: StageTimer = { stage: "sign", label: "", clock: "urgent_hour", allowance_min: 60, used_min: 10, started_at: "2026-11-20T06:00:00Z", due_at: "2026-11-20T07:00:00Z", stopped_at: null };

  it("grows with the clock where it runs day and night, else by the server's figure", () => {
    const half = Date.parse("2026-11-20T06:30:00Z");
    expect(usedShare(timer, half)).toBeCloseTo(0.5);
    expect(usedShare({ ...timer, clock: "work_hour" }, half)).toBeCloseTo(10 / 60);
    expect(usedShare(timer, Date.parse("2026-11-20T09:00:00Z"))).toBe(1);
  });

  it("is that of the present stage, while it runs", () => {
    expect(currentTimer({ timers: [timer], stage: "sign" })).toBe(timer);
    expect(currentTimer({ timers: [{ ...timer, stopped_at: "2026-11-20T06:10:00Z" }], stage: "sign" })).toBeNull();
    expect(currentTimer({ timers: [timer], stage: null })).toBeNull();
  });
});
