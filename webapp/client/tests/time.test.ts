import { describe, expect, it } from "vitest";
import { agoText, bothWays, clockText, lengthText, minutesText, remaining, secondsText, shortLeft, wall, whenText } from "../src/shared/time.ts";
import { NOW } from "./rows.ts";

const MINUTE = 60_000;
const inMinutes = (minutes: number): string => new Date(NOW + minutes * MINUTE).toISOString();

describe("lengths of time", () => {
  it("says two units, and seconds only below ten minutes", () => {
    expect(lengthText(5 * MINUTE + 52_000)).toBe("5 min 52 s");
    expect(lengthText(38_999)).toBe("38 s");
    expect(lengthText(10 * MINUTE + 30_000)).toBe("10 min");
    expect(lengthText(80 * MINUTE)).toBe("1 h 20 min");
    expect(lengthText(120 * MINUTE)).toBe("2 h");
    expect(lengthText((2 * 24 + 3) * 60 * MINUTE)).toBe("2 days 3 h");
    expect(lengthText(24 * 60 * MINUTE)).toBe("1 day");
    expect(lengthText(-5)).toBe("0 s");
  });

  it("says allowances without seconds", () => {
    expect(minutesText(9)).toBe("9 min");
    expect(minutesText(120)).toBe("2 h");
    expect(minutesText(0)).toBe("0 min");
  });
});

describe("what is left", () => {
  it("is said both ways", () => {
    expect(bothWays(inMinutes(80), NOW)).toBe("1 h 20 min left · today 15:52");
  });

  it("turns over at the very moment and not before", () => {
    expect(remaining(inMinutes(0), NOW)).toEqual({ over: false, text: "0 s left" });
    expect(remaining(inMinutes(0), NOW + 1).over).toBe(true);
    expect(remaining(inMinutes(-38), NOW)).toEqual({ over: true, text: "38 min over" });
  });

  it("is short in lists: minutes, hours and minutes, then the day", () => {
    expect(shortLeft(inMinutes(41), NOW)).toBe("41 min");
    expect(shortLeft(inMinutes(93), NOW)).toBe("1:33");
    expect(shortLeft(inMinutes(12 * 60), NOW)).toBe("tomorrow");
    expect(shortLeft(inMinutes(-12), NOW)).toBe("12 min over");
  });
});

describe("moments, by the prefecture's clock wherever the browser stands", () => {
  it("crosses midnight at 16:00 UTC", () => {
    expect(wall(Date.parse("2026-11-20T15:59:59Z"))).toMatchObject({ day: 20, hour: "23" });
    expect(wall(Date.parse("2026-11-20T16:00:00Z"))).toMatchObject({ day: 21, hour: "00" });
    expect(whenText("2026-11-20T16:00:00Z", NOW)).toBe("tomorrow 00:00");
    expect(whenText("2026-11-19T15:59:00Z", NOW)).toBe("yesterday 23:59");
    expect(whenText("2026-11-20T06:38:00Z", NOW)).toBe("today 14:38");
  });

  it("reads the clock", () => {
    expect(clockText("2026-11-20T06:38:00Z")).toBe("14:38");
    expect(secondsText(NOW)).toBe("14:32:08");
  });
});

it("says how old something is", () => {
  expect(agoText(NOW - 400, NOW)).toBe("just now");
  expect(agoText(NOW - 12_000, NOW)).toBe("12 s ago");
  expect(agoText(NOW - 3 * MINUTE, NOW)).toBe("3 min ago");
  expect(agoText(NOW + 5_000, NOW)).toBe("just now");
});
