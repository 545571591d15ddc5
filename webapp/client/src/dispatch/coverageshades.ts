/* The shades of coverage, for bars, map and legend alike. Pure. */
import type { MarkKind } from "../shared/api/index.ts";

/** From this share on: so good. Below the last it is badly covered. */
const STEPS: readonly (readonly [from: number, kind: MarkKind, words: string])[] = [
  [0.95, "done", "≥ 95%"],
  [0.8, "normal", "80%–95%"],
  [0.6, "near", "60%–80%"],
  [0, "over", "< 60%"],
];

/** How well `visited` of `due` covers; "wait" where nothing was due. */
export function shadeOf({ visited, due }: { readonly visited: number; readonly due: number }): MarkKind {
  if (due === 0) return "wait";
  return STEPS.find(([from]) => visited / due >= from)?.[1] ?? "over";
}

/** The legend: shade and what it stands for. */
export function shades(): readonly (readonly [kind: MarkKind, words: string])[] {
  return STEPS.map(([, kind, words]) => [kind, words]);
}
