/* The map beside the table of coverage; the table says the same where the map can't be drawn. */
import { useEffect, useRef } from "preact/hooks";
import type { Coverage } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { useMap } from "../shared/placemap/usemap.ts";
import { shades } from "./coverageshades.ts";

export function CoverageGround({ coverage, onPick }: { coverage: Coverage; onPick: (path: string) => void }) {
  const latest = useRef(onPick);
  latest.current = onPick;
  const { holder, map, broken } = useMap(
    () => import("./coverageengine.ts"),
    (engine, container, settings) => engine.openCoverageMap(container, settings, (path) => latest.current(path)),
  );
  useEffect(() => map?.show(coverage.rows, coverage.total.bbox), [map, coverage]);
  return (
    <div>
      <div class="coverage-map" role="group" aria-label={gettext("Coverage on the map")}>
        {broken ? <p class="placemap-words small dim">{gettext("The map can't be shown now. The table says the same.")}</p> : <div ref={holder} style={{ height: "100%" }} />}
      </div>
      <div class="coverage-legend small" aria-label={gettext("Legend")} role="group">
        {shades().map(([kind, words]) => (
          <span key={kind}>
            <i style={{ background: `var(--${kind})` }} />
            {words}
          </span>
        ))}
        <span class="dim">{gettext("no colour: nothing was due")}</span>
      </div>
    </div>
  );
}
