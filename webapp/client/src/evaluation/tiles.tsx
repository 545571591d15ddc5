/* The indicators of the period: rate, what it is made of, how it was before, and its formula. */
import type { Indicator, Uncounted } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { cls, Icon } from "../shared/ui/index.ts";
import { changeOf, countText, percentText } from "./figures.ts";

const MAIN = new Set(["acceptance", "closure", "closure_on_time", "handled_on_time"]);

export function Tiles({ indicators, uncounted, onOpen }: { indicators: readonly Indicator[]; uncounted: readonly Uncounted[]; onOpen: (code: string) => void }) {
  return (
    <ul class="rates">
      {indicators.map((one) => (
        <Tile key={one.code} one={one} onOpen={onOpen} />
      ))}
      {uncounted.map((one) => (
        <li key={one.code} class="rate rate-none panel">
          <h2 class="rate-name">{one.name}</h2>
          <p class="rate-value is-few">–</p>
          <p class="small">{one.why}</p>
          <p class="rate-formula small dim">{one.formula}</p>
        </li>
      ))}
    </ul>
  );
}

function Tile({ one, onOpen }: { one: Indicator; onOpen: (code: string) => void }) {
  const { now } = one;
  return (
    <li class={cls("rate", "panel", MAIN.has(one.code) && "rate-main")}>
      <h2 class="rate-name">{one.name}</h2>
      <p class={cls("rate-value", !now.firm && "is-few")}>
        {percentText(now)}
        {!now.firm && now.of > 0 && <span class="small dim"> {gettext("few")}</span>}
      </p>
      <p class="small">
        <button type="button" class="btn btn-link" onClick={() => onOpen(one.code)} disabled={now.of === 0} title={one.behind === "grids" ? gettext("The grids behind it") : gettext("The events behind it")}>
          {one.hits_label} {countText(now.hits)} / {one.of_label} {countText(now.of)}
        </button>
      </p>
      <Before one={one} />
      <p class="rate-formula small dim">{one.formula}</p>
    </li>
  );
}

function Before({ one }: { one: Indicator }) {
  const change = changeOf(one);
  if (change === null) return <p class="small dim">{gettext("The period before has no rate")}</p>;
  return (
    <p class={cls("small", "rate-change", `is-${change.kind}`)}>
      {change.kind !== "same" && <Icon name="up" turn={change.text.startsWith("+") ? 0 : 180} />}
      <span>{change.text}</span>
      <span class="dim">{say("before: %(percent)s", { percent: percentText(one.before) })}</span>
      {change.kind !== "same" && <span class="unseen">{change.kind === "better" ? gettext("better") : gettext("worse")}</span>}
    </p>
  );
}
