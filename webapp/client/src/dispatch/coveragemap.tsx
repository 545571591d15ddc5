/* The map beside the table of coverage; the table says the same where the map can't be drawn. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Coverage } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { mapSettings } from "../shared/placemap/placemap.tsx";
import { watchTheme } from "../shared/theme.ts";
import type { CoverageMap } from "./coverageengine.ts";
import { shades } from "./coverageshades.ts";

export function CoverageGround({ coverage, onPick }: { coverage: Coverage; onPick: (path: string) => void }) {
  const holder = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<CoverageMap | null>(null);
  const [broken, setBroken] = useState(false);
  const latest = useRef(onPick);
  latest.current = onPick;
  useEffect(() => {
    let opened: CoverageMap | null = null;
    let gone = false;
    const begin = async (): Promise<void> => {
      const [settings, engine] = await Promise.all([mapSettings(), import("./coverageengine.ts")]);
      if (gone || !holder.current) return;
      opened = engine.openCoverageMap(holder.current, settings, (path) => latest.current(path));
      setMap(opened);
    };
    begin().catch(() => {
      if (!gone) setBroken(true);
    });
    return () => {
      gone = true;
      opened?.remove();
    };
  }, []);
  useEffect(() => (map ? watchTheme(() => map.restyle()) : undefined), [map]);
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
