/** How figures are said. Pure. */
import { language, say } from "../shared/i18n.ts";
import type { Indicator, IndicatorValue } from "../shared/api/index.ts";

/** "93.72%", or a dash where nothing was counted. */
export function percentText(value: IndicatorValue): string {
  return value.percent === null ? "–" : `${value.percent}%`;
}

export interface Change {
  /** In percentage points, signed, two decimals. */
  text: string;
  kind: "better" | "worse" | "same";
}

/** Against the period before; null where one of the two has no rate. */
export function changeOf(indicator: Indicator): Change | null {
  const { now, before, better } = indicator;
  if (now.percent === null || before.percent === null) return null;
  const points = Math.round(Number(now.percent) * 100 - Number(before.percent) * 100);
  if (points === 0) return { text: say("%(points)s points", { points: "0.00" }), kind: "same" };
  const good = better === "higher" ? points > 0 : points < 0;
  const signed = `${points > 0 ? "+" : "−"}${(Math.abs(points) / 100).toFixed(2)}`;
  return { text: say("%(points)s points", { points: signed }), kind: good ? "better" : "worse" };
}

export function countText(count: number): string {
  return count.toLocaleString(language());
}
