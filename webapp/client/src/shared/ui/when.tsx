/** A time as people say it on a screen, and in full on paper, which does not know which day it is read on. */
import type { IsoTime } from "../api/types.ts";
import { bothWays, fullText, whenText } from "../time.ts";

/** "今天 09:52", on paper "2026-11-22 09:52"; with `left`, what is left of it too, on the screen only. */
export function When({ at, now, left = false }: { at: IsoTime; now: number; left?: boolean }) {
  return (
    <>
      <span class={left ? "no-print" : "no-print nobreak"}>{left ? bothWays(at, now) : whenText(at, now)}</span>
      <span class="print-only nobreak">{fullText(at)}</span>
    </>
  );
}
