/* The event under the cursor, beside the list: clock, pictures, text, place, latest entries, and what may be done. */
import type { EventCard } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { markOf } from "../shared/marks.ts";
import { PlaceMap } from "../shared/placemap/placemap.tsx";
import { StepPanel } from "../shared/steps/index.ts";
import { useNow } from "../shared/ticking.ts";
import { Button, Clock, Flags, Journal, Mark, PhotoStrip, ProblemState, SkeletonRows, StateBadge, UrgentBadge } from "../shared/ui/index.ts";
import { Application } from "./application.tsx";
import { currentTimer, UsedBar } from "./clockparts.tsx";
import type { Carded } from "./usecard.ts";
import { OpenShares, SharedTasks } from "./shares.tsx";
import { ownClock, type WorkRow } from "./worklist.ts";
import { eventPage } from "../shared/eventpage.ts";

interface PreviewProps {
  readonly row: WorkRow | null;
  readonly carded: Carded;
  /** Why no step can be taken now; "" when it can. */
  readonly blocked: string;
  /** Whether the steps answer to their keys; not while ticked rows do. */
  readonly keys: boolean;
  readonly onCard: (card: EventCard) => void;
}

export function Preview({ row, carded, blocked, keys, onCard }: PreviewProps) {
  if (!row) return <aside class="prev" aria-label={gettext("Preview")} />;
  const { card, problem } = carded;
  return (
    <aside class="prev" aria-label={gettext("Preview")}>
      <Head row={row} />
      <section class="section">
        <Clock row={ownClock(row)} {...(row.share ? { label: say("Joint share of %(organisation)s", { organisation: row.share.organisation }) } : stageLabel(card))} />
        {card && !row.share && <UsedBar event={card} />}
      </section>
      {problem && <ProblemState title={gettext("The event did not come")} problem={problem} retry={carded.reload} />}
      {!card && !problem && <SkeletonRows rows={5} columns={[120]} />}
      {card && <Body card={card} row={row} blocked={blocked} keys={keys} onCard={onCard} />}
    </aside>
  );
}

function stageLabel(card: EventCard | null): { label?: string } {
  const timer = card && currentTimer(card);
  return timer ? { label: timer.label } : {};
}

function Head({ row }: { row: WorkRow }) {
  const now = useNow(5000);
  return (
    <section class="section prev-head">
      <div class="row">
        <Mark kind={markOf(ownClock(row), now)} label />
        <h2>{row.category?.name ?? gettext("No category yet")}</h2>
        {row.urgent && <UrgentBadge />}
        <StateBadge row={row} />
        <Flags row={row} />
      </div>
      <p class="small dim">
        <a href={eventPage(row.no)}>{row.no}</a> · {row.place || gettext("not placed")}
      </p>
    </section>
  );
}

function Body({ card, row, blocked, keys, onCard }: { card: EventCard; row: WorkRow; blocked: string; keys: boolean; onCard: (card: EventCard) => void }) {
  const spot = card.lng === null || card.lat === null ? null : { lng: card.lng, lat: card.lat, accuracy_m: card.accuracy_m };
  return (
    <>
      <section class="section">
        <PhotoStrip photos={card.photos} limit={4} />
        <p class="pre">{card.description || gettext("No description.")}</p>
        {card.address && <p class="small dim">{card.address}</p>}
      </section>
      <section class="section prev-steps">
        <Application card={card} />
        <OpenShares card={card} />
        <StepPanel key={card.no} event={card} onCard={onCard} blocked={blocked} keys={keys} />
        <Button href={eventPage(row.no)} kbd="Enter">
          {gettext("Open")}
        </Button>
      </section>
      <div class="prev-map">
        {spot ? <PlaceMap spot={spot} use="look" label={gettext("Where it is")} /> : <p class="small dim">{gettext("Not placed yet: it has no grid.")}</p>}
      </div>
      <SharedTasks card={card} class="section" />
      <section class="section">
        <Journal items={card.journal} tight limit={3} />
      </section>
    </>
  );
}
