import { describe, expect, it } from "vitest";
import { barsOf, line, scaleFor } from "../../src/evaluation/chart.tsx";
import { filterOf, yearOf } from "../../src/evaluation/evaluationpage.tsx";
import { changeOf, percentText } from "../../src/evaluation/figures.ts";
import { sorted } from "../../src/evaluation/groups.tsx";
import { around, beside, fits, KINDS } from "../../src/evaluation/period.ts";
import type { EvaluationGroup, Indicator, TrendPoint } from "../../src/shared/api/index.ts";

const STATE = { kind: "month", from: "", to: "", region: "", category: "", by: "township", as_of: "", view: "", year: "" };

describe("periods", () => {
  it.each([
    ["day", "2026-03-31", "2026-03-31", "2026-03-31"],
    ["week", "2026-03-01", "2026-02-23", "2026-03-01"],
    ["week", "2026-03-02", "2026-03-02", "2026-03-08"],
    ["month", "2024-02-10", "2024-02-01", "2024-02-29"],
    ["quarter", "2026-05-31", "2026-04-01", "2026-06-30"],
    ["year", "2026-05-31", "2026-01-01", "2026-12-31"],
  ] as const)("the %s around %s", (kind, day, from, to) => {
    expect(around(kind, day)).toEqual({ from, to });
  });

  it("lie end to end, and the one after the one before is the same", () => {
    for (const kind of KINDS) {
      const days = kind === "free" ? { from: "2026-03-05", to: "2026-03-14" } : around(kind, "2026-03-05");
      const before = beside(kind, days, -1);
      expect(beside(kind, before, 1)).toEqual(days);
      expect(Date.parse(days.from) - Date.parse(before.to)).toBe(86_400_000);
    }
  });

  it("are asked for as the address says, and by today where it says nothing that fits", () => {
    expect(fits({ from: "2026-03-02", to: "2026-03-01" })).toBe(false);
    expect(filterOf(STATE, "2026-11-22")).toMatchObject({ from: "2026-11-01", to: "2026-11-30", as_of: "" });
    expect(filterOf({ ...STATE, from: "2026-03-02", to: "x" }, "2026-11-22").from).toBe("2026-11-01");
    expect(filterOf({ ...STATE, as_of: "2026-04-01T00:00" }, "2026-11-22").as_of).toBe("2026-04-01T00:00:00+08:00");
    expect(yearOf(STATE, "2026-11-22")).toBe(2025);
    expect(yearOf({ ...STATE, year: "2023" }, "2026-11-22")).toBe(2023);
  });
});

describe("figures", () => {
  const value = (percent: string | null) => ({ hits: 1, of: 2, percent, firm: false });
  const indicator = (now: string | null, before: string | null, better: "higher" | "lower"): Indicator => ({ code: "x", name: "", formula: "", hits_label: "", of_label: "", better, behind: "events", not_by: "", now: value(now), before: value(before) });

  it("say no rate where nothing was counted", () => {
    expect(percentText(value(null))).toBe("–");
    expect(percentText(value("93.72"))).toBe("93.72%");
    expect(changeOf(indicator(null, "1.00", "higher"))).toBeNull();
  });

  it("are better or worse by the indicator's own direction", () => {
    expect(changeOf(indicator("93.72", "90.00", "higher"))).toMatchObject({ kind: "better", text: "+3.72 points" });
    expect(changeOf(indicator("5.10", "5.00", "lower"))).toMatchObject({ kind: "worse", text: "+0.10 points" });
    expect(changeOf(indicator("5.00", "5.00", "lower"))).toMatchObject({ kind: "same" });
  });

  it("have a scale that holds them", () => {
    for (const most of [1, 3, 7, 49, 50, 51, 999, 1054]) {
      const { top, step } = scaleFor(most);
      expect(top).toBeGreaterThanOrEqual(most);
      expect(top % step).toBe(0);
      expect(top / step).toBeLessThanOrEqual(5);
    }
  });
});

it("the breakdown puts what is not ranked last, whichever way it is turned", () => {
  const group = (key: string, rank: number | null): EvaluationGroup => ({ key, label: key, values: { x: { hits: 0, of: 0, percent: null, firm: rank !== null, rank } } });
  const groups = [group("few", null), group("second", 2), group("first", 1)];
  expect(sorted(groups, { code: "x", down: false }).map((one) => one.key)).toEqual(["first", "second", "few"]);
  expect(sorted(groups, { code: "x", down: true }).map((one) => one.key)).toEqual(["second", "first", "few"]);
});

describe("the chart", () => {
  const value = (hits: number, of: number) => ({ hits, of, percent: of === 0 ? null : ((100 * hits) / of).toFixed(2), firm: of >= 20 });
  const point = (day: string, hits: number, of: number): TrendPoint => ({ start: `${day}T00:00:00+08:00`, values: { closure: value(of, of), closure_on_time: value(hits, of) } });

  it("draws its line through what is enough to compare alone", () => {
    const bars = barsOf([point("2026-03-02", 20, 20), point("2026-03-03", 0, 1), point("2026-03-04", 0, 0), point("2026-03-05", 10, 20)]);
    expect(bars.map((bar) => bar.firm)).toEqual([true, false, false, true]);
    expect(line(bars, 10, 20, (count) => 20 - count)).toBe("49,0 79,10");
  });
});
