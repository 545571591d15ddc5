/* /events/<no>: what and where, what was done, what may be done. Prints as the sheet of the event. */
import { useEffect, useState } from "preact/hooks";
import { type EventCard, type Me } from "../shared/api/index.ts";
import { downloadSheet } from "../shared/api/download.ts";
import { gettext, say } from "../shared/i18n.ts";
import { type EventFeed, useLiveState } from "../shared/live/feed.ts";
import { markOf } from "../shared/marks.ts";
import { useSeen } from "../shared/notices/store.ts";
import { Page } from "../shared/page.tsx";
import { CounterDialog, StepPanel } from "../shared/steps/index.ts";
import { useNow } from "../shared/ticking.ts";
import { fullText } from "../shared/time.ts";
import { Button, Clock, Empty, FileButton, Flags, Journal, LiveLight, Mark, Note, OfflineBar, Panel, ProblemState, SkeletonRows, StateBadge, UrgentBadge } from "../shared/ui/index.ts";
import { Application } from "./application.tsx";
import { Facts, Where } from "./casefacts.tsx";
import { Tasks, Tickets } from "./casepeople.tsx";
import { currentTimer, UsedBar } from "./clockparts.tsx";
import { Gallery } from "./gallery.tsx";
import { WithPointPicker } from "./pointpicker.tsx";
import { OpenShares } from "./shares.tsx";
import { Counting } from "./counting.tsx";
import { Redaction } from "./redaction.tsx";
import { Stages } from "./stages.tsx";
import { type Carded, useCard } from "./usecard.ts";

export function CasePage({ me, feed, no }: { me: Me; feed: EventFeed; no: string }) {
  const version = useLiveVersion(feed, no);
  const carded = useCard(no, version);
  useSeen(carded.card?.no, carded.card?.version ?? 0);
  const live = useLiveState(feed);
  const blocked = live.kind === "offline" ? gettext("Offline: you can read, but take no step until the line is back.") : "";
  return (
    <WithPointPicker>
      <Page
        me={me}
        active="work"
        bar={
          <>
            <span class="grow" />
            <LiveLight feed={feed} />
          </>
        }
      >
        <OfflineBar feed={feed} />
        <CounterDialog onCard={carded.put} />
        {carded.card ? <Case card={carded.card} blocked={blocked} onCard={carded.put} /> : <Missing no={no} carded={carded} />}
      </Page>
    </WithPointPicker>
  );
}

/** The newest version that the live line has told of this event; rises when it must be asked again. */
function useLiveVersion(feed: EventFeed, no: string): number {
  const [version, setVersion] = useState(0);
  useEffect(
    () =>
      feed.watch((delta) => {
        for (const row of delta.reset ? feed.rows.values() : delta.changed) if (row.no === no) setVersion((old) => Math.max(old, row.version));
      }),
    [feed, no],
  );
  return version;
}

function Missing({ no, carded }: { no: string; carded: Carded }) {
  const { problem } = carded;
  if (!problem) {
    return (
      <main class="casewait">
        <SkeletonRows rows={10} columns={[220, 340]} />
      </main>
    );
  }
  if (problem.status === 404) {
    return (
      <main class="casewait">
        <Empty
          icon="search"
          title={gettext("There is no such event for you")}
          actions={
            <Button kind="primary" href="/work">
              {gettext("To my work")}
            </Button>
          }
        >
          {say("%(no)s does not exist, or it is not for your post to see. Check the number, or ask the centre that handles it.", { no })}
        </Empty>
      </main>
    );
  }
  return (
    <main class="casewait">
      <ProblemState title={gettext("The event did not come")} problem={problem} retry={carded.reload} />
    </main>
  );
}

function Case({ card, blocked, onCard }: { card: EventCard; blocked: string; onCard: (card: EventCard) => void }) {
  return (
    <>
      <Title card={card} />
      <main class="case" id="main">
        <div class="case-what">
          <Gallery card={card} />
          <Where card={card} />
        </div>
        <div class="case-journal">
          <History card={card} onCard={onCard} />
        </div>
        <div class="case-now">
          <section class="panel case-clock">
            <div class="panel-body">
              <Clock row={card} {...labelled(card)} />
              <UsedBar event={card} />
              <Stages card={card} />
              {card.calendar_warning && <p class="small dim case-warning">{card.calendar_warning}</p>}
            </div>
          </section>
          <div class="case-steps">
            <Panel title={gettext("What can be done")}>
              <Application card={card} />
              {card.waits && <Note kind="near">{say("Not dispatched by itself: %(reason)s", { reason: card.waits })}</Note>}
              <OpenShares card={card} />
              <StepPanel key={card.no} event={card} onCard={onCard} blocked={blocked} />
            </Panel>
          </div>
          <Tasks card={card} />
          <Tickets card={card} />
          <Facts card={card} />
        </div>
      </main>
    </>
  );
}

function labelled(card: EventCard): { label?: string } {
  const timer = currentTimer(card);
  return timer ? { label: say("Time for: %(stage)s", { stage: timer.label }) } : {};
}

function Title({ card }: { card: EventCard }) {
  const now = useNow(5000);
  return (
    <div class="casetitle">
      <p class="print-only sheet-name">{gettext("Event handling sheet")}</p>
      <Mark kind={markOf(card, now)} label />
      <h1>{card.category?.name ?? gettext("No category yet")}</h1>
      {card.urgent && <UrgentBadge />}
      {card.restricted && <span class="badge">{gettext("Restricted")}</span>}
      <StateBadge row={card} />
      <Flags row={card} />
      <span class="dim mono">{card.no}</span>
      <span class="grow" />
      <span class="print-only small">{say("Printed %(when)s", { when: fullText(new Date(now).toISOString()) })}</span>
      <span class="no-print row">
        <Button icon="print" onClick={() => print()}>
          {gettext("Print the sheet")}
        </Button>
        <FileButton fetchFile={() => downloadSheet(card.no)}>
          PDF
        </FileButton>
      </span>
    </div>
  );
}

function History({ card, onCard }: { card: EventCard; onCard: (card: EventCard) => void }) {
  const [movesOnly, setMovesOnly] = useState(false);
  const items = movesOnly ? card.journal.filter((item) => item.from_state !== item.to_state) : card.journal;
  return (
    <Panel
      title={gettext("What was done")}
      actions={
        <div class="seg no-print" role="group" aria-label={gettext("Entries shown")}>
          <button type="button" aria-pressed={!movesOnly} onClick={() => setMovesOnly(false)}>
            {gettext("All")}
          </button>
          <button type="button" aria-pressed={movesOnly} onClick={() => setMovesOnly(true)}>
            {gettext("Moves only")}
          </button>
        </div>
      }
    >
      <Journal items={items} />
      <Redaction card={card} onCard={onCard} />
      <Counting card={card} onCard={onCard} />
    </Panel>
  );
}
