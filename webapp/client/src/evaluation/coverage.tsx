/* Patrol coverage of the same days and region, from the patrols' own page; for whoever may read that. */
import { useEffect, useState } from "preact/hooks";
import { api, type Coverage, type Evaluation } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { countText } from "./figures.ts";

const FEWEST = 20;

export function CoverageTile({ report }: { report: Evaluation }) {
  const [found, setFound] = useState<Coverage | null>(null);
  const { since, until, region, as_of } = report;
  useEffect(() => {
    const stop = new AbortController();
    setFound(null);
    api.coverage({ from: since, to: until, region, as_of }, stop.signal).then(setFound, () => undefined);
    return () => stop.abort();
  }, [since, until, region, as_of]);
  if (!found || found.total.due === 0) return null;
  const { due, visited } = found.total;
  const days = new URLSearchParams({ from: since, to: until, region });
  return (
    <li class="rate panel">
      <h2 class="rate-name">{gettext("Patrol coverage rate")}</h2>
      <p class={due < FEWEST ? "rate-value is-few" : "rate-value"}>{((100 * visited) / due).toFixed(2)}%</p>
      <p class="small">
        <a href={`/coverage?${days.toString()}`}>
          {say("%(visited)s of %(due)s visited as due", { visited: countText(visited), due: countText(due) })}
        </a>
      </p>
      <p class="rate-formula small dim">{found.formula}</p>
    </li>
  );
}
