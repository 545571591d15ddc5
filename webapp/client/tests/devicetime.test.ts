import { describe, expect, it } from "vitest";
import { deviceTimeText, WORTH_SAYING_MS } from "../src/shared/devicetime.ts";
import { NOW } from "./rows.ts";

const DAY = 86_400_000;
const item = (apart: number | null) => ({
  at: new Date(NOW).toISOString(),
  device_at: apart === null ? null : new Date(NOW + apart).toISOString(),
});

describe("a phone's clock", () => {
  it("is told where it is not ours, whichever way", () => {
    expect(deviceTimeText(item(-2 * DAY))).toMatch(/^By the phone's clock: \d{4}-\d\d-\d\d \d\d:\d\d, 2 days earlier$/);
    expect(deviceTimeText(item(2 * DAY))).toContain("2 days later");
    expect(deviceTimeText(item(-WORTH_SAYING_MS))).toContain("5 min");
  });

  it("is not told where they agree, and where there was no phone", () => {
    expect(deviceTimeText(item(WORTH_SAYING_MS - 1))).toBeNull();
    expect(deviceTimeText(item(null))).toBeNull();
  });
});
