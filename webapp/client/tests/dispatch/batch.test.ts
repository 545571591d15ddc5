import { describe, expect, it } from "vitest";
import { batchSteps, takeAll } from "../../src/dispatch/batch.ts";
import { currentTimer, usedShare } from "../../src/dispatch/clockparts.tsx";
import { DEFAULTS, inWords, narrowings, question, regionChoices, sameQuestion, widened } from "../../src/dispatch/filter.ts";
import type { WorkRow } from "../../src/dispatch/worklist.ts";
import { type AllowedStep, ApiProblem, type Category, type EventCard, type Region, type StageTimer } from "../../src/shared/api/index.ts";
import { eventRow } from "../rows.ts";

function row(no: string, allowed: string[]): WorkRow {
  return { ...eventRow({ no, version: 4 }), allowed, share: null };
}

const plain = { label: "", primary: false, key: null, effect: "", fields: [] };
const text = { name: "text", kind: "longtext" as const, label: "", required: false, help: "", choices: null };
const known: AllowedStep[] = [{ ...plain, step: "sign" }, { ...plain, step: "return", fields: [text] }, { ...plain, step: "urge" }];

describe("a batch", () => {
  it("offers only steps that every row allows and that ask for nothing", () => {
    const rows = [row("E1", ["sign", "return", "urge"]), row("E2", ["sign", "return"])];
    expect(batchSteps(rows, known).map((step) => step.step)).toEqual(["sign"]);
    expect(batchSteps([], known)).toEqual([]);
  });

  it("takes each with the version that was shown, and goes on after a refusal", async () => {
    const asked: [string, string, number][] = [];
    const now = { no: "E2" } as EventCard;
    const progress: number[] = [];
    const outcome = await takeAll([row("E1", []), row("E2", []), row("E3", [])], "sign", (done) => progress.push(done), (no, step, version) => {
      asked.push([no, step, version]);
      if (no === "E2") return Promise.reject(new ApiProblem({ status: 409, code: "stale", detail: "改动", event: now }));
      return Promise.resolve({ no } as EventCard);
    });
    expect(asked).toEqual([["E1", "sign", 4], ["E2", "sign", 4], ["E3", "sign", 4]]);
    expect(outcome.done.map((card) => card.no)).toEqual(["E1", "E3"]);
    expect(outcome.refused.map((one) => [one.no, one.now])).toEqual([["E2", now]]);
    expect(progress).toEqual([1, 2, 3]);
  });

  it("stops when the line is gone: the rest would fail alike", async () => {
    let asked = 0;
    const outcome = await takeAll([row("E1", []), row("E2", [])], "sign", () => undefined, () => {
      asked += 1;
      return Promise.reject(new ApiProblem({ status: 0, code: "network", detail: "" }));
    });
    expect(asked).toBe(1);
    expect(outcome.refused).toHaveLength(1);
  });
});

describe("the filters", () => {
  const state = { ...DEFAULTS, view: "open", state: "handling", q: " 路灯 ", no: "E1" };

  it("make the question, and the cursor is no part of it", () => {
    expect(question(state, { limit: 5 })).toEqual({ view: "open", region: "", category: "", state: "handling", q: "路灯", sort: "due", limit: 5 });
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
