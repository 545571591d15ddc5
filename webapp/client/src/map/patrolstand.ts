/** How grids stand by their patrol plans, asked while the map shows it: again every few minutes, never who was where. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { api, type Me } from "../shared/api/index.ts";
import type { Switch } from "./style.ts";
import type { MapView } from "./view.ts";

const EVERY_MS = 180_000;

/** Keeps the map's grids in the colours of today while that layer is shown to somebody who may see it. What can't be asked leaves them as they are. */
export function usePatrolStand(me: Me, shown: ReadonlySet<Switch>, ready: boolean, view: RefObject<MapView | null>): void {
  const on = me.can.overview && shown.has("patrol");
  useEffect(() => {
    if (!on || !ready) return undefined;
    const ask = (): void => {
      api.patrolGrids().then(
        (rows) => view.current?.patrol(rows),
        () => undefined,
      );
    };
    ask();
    const timer = setInterval(ask, EVERY_MS);
    return () => clearInterval(timer);
  }, [on, ready, view]);
}
