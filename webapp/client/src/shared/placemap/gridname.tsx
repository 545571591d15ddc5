/* The grid that a place lies in, in words; outside the city, the nearest one. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, asProblem, type GridAt } from "../api/index.ts";
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

interface GridNameProps {
  readonly spot: Spot | null;
  /** Adds the degrees. */
  readonly figures?: boolean;
  /** Is told the grid's name. */
  readonly onName?: (name: string) => void;
  /** Is told whether the place may be used: where there is no line nobody knows better. */
  readonly onInside?: (inside: boolean) => void;
  /** Is told when it is certain that the place may not be used. Whoever waits for an answer on a bad line may use it. */
  readonly onRefused?: (refused: boolean) => void;
  /** Why a place in this grid is not the reader's to use; "" where it is. */
  readonly barred?: (grid: GridAt["grid"]) => string;
}

/** Asks for each new place once it has rested for a moment. */
export function GridName({ spot, figures = true, onName, onInside, onRefused, barred }: GridNameProps) {
  const [said, setSaid] = useState<Said | null>(null);
  const { lng, lat } = spot ?? { lng: null, lat: null };
  const told = useRef(onName);
  told.current = onName;
  const inside = useRef(onInside);
  inside.current = onInside;
  const certain = useRef(onRefused);
  certain.current = onRefused;
  const bar = useRef(barred);
  bar.current = barred;
  useEffect(() => {
    setSaid(null);
    inside.current?.(false);
    certain.current?.(false);
    if (lng === null) return undefined;
    let gone = false;
    const timer = setTimeout(() => {
      api.gridAt(lng, lat).then(
        ({ grid }) => {
          if (gone) return;
          const name = grid.place || grid.name;
          const why = bar.current?.(grid) ?? "";
          setSaid({ text: why ? say("%(grid)s: %(why)s", { grid: name, why }) : name, outside: why !== "" });
          told.current?.(name);
          inside.current?.(why === "");
          certain.current?.(why !== "");
        },
        (thrown: unknown) => {
          if (gone) return;
          setSaid(refused(thrown));
          inside.current?.(asProblem(thrown).transient); /* no answer is no refusal */
          certain.current?.(asProblem(thrown).body["nearest"] !== undefined);
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
