/* Before a report is sent: what of the same kind is there already. Asked where there is a line; it never stands in the way. */
import { useEffect, useState } from "preact/hooks";
import { api, type Candidate } from "../shared/api/index.ts";
import { CandidateLines } from "../shared/duplicates.tsx";
import { gettext } from "../shared/i18n.ts";
import { Button, Icon } from "../shared/ui/index.ts";
import type { Patrol } from "./model.ts";
import { goTo } from "./parts.tsx";
import type { Report } from "./report.ts";
import { hashOf } from "./route.ts";

const SETTLE_MS = 500;
const MOST = 3;

/** What is asked of a report: nothing until it has a category and a place. Pure. */
export function question(report: Pick<Report, "category" | "place" | "description">): Parameters<typeof api.alike>[0] | null {
  const { category, place, description } = report;
  if (category === null || place === null) return null;
  const { lng, lat, accuracy_m } = place;
  return { category, point: { lng, lat, crs: "wgs84", accuracy_m }, description };
}

function useNearby(report: Report): Candidate[] {
  const [found, setFound] = useState<Candidate[]>([]);
  const asked = JSON.stringify(question(report));
  useEffect(() => {
    const body = JSON.parse(asked) as ReturnType<typeof question>;
    let current = true;
    const take = (rows: Candidate[]): void => {
      if (current) setFound(rows);
    };
    if (body === null || !navigator.onLine) {
      setFound([]);
      return undefined;
    }
    const timer = setTimeout(() => void api.alike(body).then(take, () => take([])), SETTLE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked]);
  return found;
}

export function Nearby({ patrol, report }: { patrol: Patrol; report: Report }) {
  const found = useNearby(report);
  if (found.length === 0) return null;
  const drop = (): void => {
    if (!confirm(gettext("Discard this draft with its photos?"))) return;
    patrol.drop(report.client_id);
    goTo({ name: "home" }, { replace: true });
  };
  return (
    <section class="duplicates nearby" aria-label={gettext("Already reported nearby")} role="status">
      <h2 class="row">
        <Icon name="merge" />
        {gettext("Already reported nearby")}
      </h2>
      <ul>
        {found.slice(0, MOST).map((one) => (
          <CandidateLines key={one.event.no} candidate={one} link={hashOf({ name: "event", no: one.event.no })} />
        ))}
      </ul>
      <p class="small dim">{gettext("Open one and see whether it is the same. If it isn't, send yours all the same.")}</p>
      <Button icon="x" onClick={drop}>
        {gettext("It is the same: discard mine")}
      </Button>
    </section>
  );
}
