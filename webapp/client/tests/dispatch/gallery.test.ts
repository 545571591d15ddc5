import { expect, it } from "vitest";
import { firstShown } from "../../src/dispatch/gallery.tsx";
import type { Photo } from "../../src/shared/api/index.ts";

const photos = (...shows: Photo["shows"][]): Photo[] => shows.map((one) => ({ shows: one }) as Photo);

it.each([
  [null, photos("before", "after"), 0],
  ["2026-11-20T08:00:00Z", photos("before", "after", "check", "before"), 2],
  ["2026-11-20T08:00:00Z", photos("before", "before"), 0],
  ["2026-11-20T08:00:00Z", photos("before", "check"), 0],
  ["2026-11-20T08:00:00Z", [], 0],
])("leads with what is wrong while it is open, with how it was put right afterwards", (ended_at, taken, first) => {
  expect(firstShown({ ended_at, photos: taken })).toBe(first);
});
