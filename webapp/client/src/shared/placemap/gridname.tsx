/* The grid that a place lies in, in words; outside the city, the nearest one. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, asProblem } from "../api/index.ts";
import { gettext, say } from "../i18n.ts";
import type { Spot } from "./engine.ts";

interface Said {
  readonly text: string;
  readonly outside: boolean;
}

/** What a refusal of grid-at says: the nearest grid where the server named one. */
function refused(thrown: unknown): Said {
  const problem = asProblem(thrown);
  const nearest = problem.body["nearest"] as { name?: string; distance_m?: number } | undefined;
  const metres = Math.round(nearest?.distance_m ?? 0);
  const text = nearest?.name ? say("Outside the city; nearest is %(grid)s, %(metres)s m away.", { grid: nearest.name, metres }) : problem.detail;
  return { text, outside: true };
}

/** Asks for each new place once it has rested for a moment; `figures` adds the degrees, `onName` is told the grid's name. */
export function GridName({ spot, figures = true, onName, onInside }: { spot: Spot | null; figures?: boolean; onName?: (name: string) => void; onInside?: (inside: boolean) => void }) {
  const [said, setSaid] = useState<Said | null>(null);
  const { lng, lat } = spot ?? { lng: null, lat: null };
  const told = useRef(onName);
  told.current = onName;
  const inside = useRef(onInside);
  inside.current = onInside;
  useEffect(() => {
    setSaid(null);
    inside.current?.(false);
    if (lng === null) return undefined;
    let gone = false;
    const timer = setTimeout(() => {
      api.gridAt(lng, lat).then(
        ({ grid }) => {
          if (gone) return;
          setSaid({ text: grid.place || grid.name, outside: false });
          told.current?.(grid.place || grid.name);
          inside.current?.(true);
        },
        (thrown: unknown) => {
          if (gone) return;
          setSaid(refused(thrown));
          inside.current?.(asProblem(thrown).transient); /* no answer is no refusal */
        },
      );
    }, 150);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [lng, lat]);
  if (lng === null) return <span class="dim">{gettext("No place chosen yet")}</span>;
  return (
    <span aria-live="polite" class={said?.outside ? "is-over" : ""}>
      {said?.text ?? gettext("Looking up the grid")} {figures && <span class="faint small">{`${lng.toFixed(5)}, ${lat.toFixed(5)}`}</span>}
    </span>
  );
}
