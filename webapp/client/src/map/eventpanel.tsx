/** The card of the selected event: clock, photos, who is responsible and why, steps, video around, what happened. */
import type { ComponentChildren } from "preact";
import { type ChannelRow, type ChannelsNear, type EventCard } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { markOf } from "../shared/marks.ts";
import { nearWords } from "../shared/near.ts";
import { StepPanel } from "../shared/steps/index.ts";
import { useNow } from "../shared/ticking.ts";
import { whenText } from "../shared/time.ts";
import { Badge, Button, Clock, Flags, Journal, Mark, PhotoStrip, StageBars, StateBadge, UrgentBadge } from "../shared/ui/index.ts";
import { Application } from "../dispatch/application.tsx";
import { OpenShares, SharedTasks } from "../dispatch/shares.tsx";
import { titleOf } from "./model.ts";
import { Near } from "./near.tsx";
import { eventPage } from "../shared/eventpage.ts";

interface EventPanelProps {
  card: EventCard;
  near: ChannelsNear | null;
  nearProblem: string;
  playing: ReadonlySet<string>;
  blocked: string;
  canWatch: boolean;
  onCard: (card: EventCard) => void;
  onToggle: (channel: ChannelRow) => void;
  onClose: () => void;
}

export function EventPanel(props: EventPanelProps) {
  const { card } = props;
  const stage = card.timers.find((timer) => timer.stopped_at === null && timer.stage !== "whole");
  return (
    <>
      <Head card={card} onClose={props.onClose} />
      <section class="section">
        <Clock row={card} {...(stage ? { label: say("Time limit: %(stage)s", { stage: stage.label }) } : {})} />
        <StageBars timers={card.timers} row={card} />
      </section>
      <section class="section where-what">
        <PhotoStrip photos={card.photos} limit={4} />
        <div class="small">
          <p class="strong">{card.place || gettext("No place yet")}</p>
          {card.address && <p class="dim">{card.address}</p>}
          <p class="dim pre">{card.description}</p>
          <Leave card={card} />
        </div>
      </section>
      <section class="section">
        <Responsible card={card} />
        <SharedTasks card={card} />
        <Application card={card} />
        <OpenShares card={card} />
        <StepPanel key={card.no} event={card} onCard={props.onCard} blocked={props.blocked} />
      </section>
      {props.canWatch && card.lng !== null && card.lat !== null && (
        <section class="section">
          <div class="row between">
            <h2 class="h3">{gettext("Video around")}</h2>
            {props.near && props.near.total > 0 && <span class="small dim">{nearWords(props.near)}</span>}
          </div>
          {props.nearProblem && <p class="small dim">{props.nearProblem}</p>}
          {props.near ? <Near near={props.near} from={[card.lng, card.lat]} playing={props.playing} onToggle={props.onToggle} /> : !props.nearProblem && <span class="skeleton tall" />}
        </section>
      )}
      <section class="section recent">
        <div class="row between">
          <h2 class="h3">{gettext("What happened")}</h2>
          <a class="small" href={eventPage(card.no)}>
            {say("All %(count)s entries", { count: card.journal.length })}
          </a>
        </div>
        <Journal items={card.journal} tight limit={4} />
      </section>
    </>
  );
}

function Head({ card, onClose }: { card: EventCard; onClose: () => void }) {
  const now = useNow();
  const reported = say("%(who)s reported %(when)s", { who: card.reporter || card.source_label, when: whenText(card.reported_at, now) });
  return (
    <header class="section card-head">
      <div class="row card-marks">
        <Mark kind={markOf(card, now)} label class="mark-l" />
        <h2 class="card-title cut">{titleOf(card)}</h2>
        {card.urgent && <UrgentBadge />}
        <StateBadge row={card} />
        <Flags row={card} />
        {card.restricted && <Badge>{gettext("Restricted")}</Badge>}
        <span class="grow" />
        <Button kind="quiet" icon="x" label={gettext("Close the card")} onClick={onClose} />
      </div>
      <p class="dim small">
        <a href={eventPage(card.no)}>{card.no}</a> · {[card.category?.code, reported, ...counters(card)].filter(Boolean).join(" · ")}
      </p>
    </header>
  );
}

/** By whose leave one reads it, where no post of one's own would show it. */
function Leave({ card }: { card: EventCard }) {
  return card.shared ? <p class="dim">{card.shared.words}</p> : null;
}

function counters(card: EventCard): string[] {
  return [
    card.urges > 0 ? say("urged %(count)s times", { count: card.urges }) : "",
    card.returns > 0 ? say("returned %(count)s times", { count: card.returns }) : "",
    card.reworks > 0 ? say("reworked %(count)s times", { count: card.reworks }) : "",
    card.ticket_rows.length > 0 ? say("hotline ticket %(no)s", { no: card.ticket_rows.map((ticket) => ticket.order_no).join(" ") }) : "",
  ].filter(Boolean);
}

function Responsible({ card }: { card: EventCard }) {
  if (card.lead !== null) return <Answerable name={card.lead}>{card.holder !== card.lead && say("Held by %(holder)s", { holder: card.holder })}</Answerable>;
  if (card.waits) return <Answerable name={card.holder}>{say("Not dispatched by itself: %(reason)s", { reason: card.waits })}</Answerable>;
  if (card.suggestion && card.ended_at === null) return <Answerable name={card.suggestion.name}>{say("Suggested: %(reason)s", { reason: card.suggestion.reason })}</Answerable>;
  return <Answerable name={card.holder}>{gettext("Holds the event now")}</Answerable>;
}

function Answerable({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="answerable">
      <h2 class="h3">{gettext("Responsible")}</h2>
      <p class="answerable-name">{name}</p>
      {children && <p class="small dim">{children}</p>}
    </div>
  );
}
