/** What may be the same as an event or a report, with reasons; and what a merge has made of an event. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, type Candidate, type EventCard, type EventRow } from "./api/index.ts";
import { gettext, ngettext, say } from "./i18n.ts";
import { useNow } from "./ticking.ts";
import { whenText } from "./time.ts";
import { Badge, Icon, Note } from "./ui/basics.tsx";
import { eventPage } from "./eventpage.ts";

/** The candidates of an event; null while they are not known. Asked again when the event has moved on. */
export function useCandidates(event: Pick<EventRow, "no" | "version">, wanted: boolean): Candidate[] | null {
  const [found, setFound] = useState<Candidate[] | null>(null);
  const { no, version } = event;
  useEffect(() => {
    if (!wanted) {
      setFound(null);
      return undefined;
    }
    const abort = new AbortController();
    api.duplicates(no, abort.signal).then(setFound, () => undefined); /* a help beside the work: without it the work goes on */
    return () => abort.abort();
  }, [no, version, wanted]);
  return found;
}

/** One candidate: what it is, how it stands, and why it may be the same. */
export function CandidateLines({ candidate, link, children }: { candidate: Candidate; link?: string; children?: ComponentChildren }) {
  const { event } = candidate;
  return (
    <li class="candidate">
      <div class="row wrap">
        <span class="strong">{event.category?.name ?? gettext("No category yet")}</span>
        <Badge {...(event.ended_at === null ? { kind: "normal" as const } : {})}>{event.state_label}</Badge>
        {candidate.likely && <Badge kind="near">{gettext("Very likely the same")}</Badge>}
        {link === undefined ? <span class="small dim mono">{event.no}</span> : <a class="small mono" href={link}>{event.no}</a>}
      </div>
      <p class="small">{candidate.reasons.join(" · ")}</p>
      {candidate.hindrance && <p class="small dim">{candidate.hindrance}</p>}
      {children}
    </li>
  );
}

/** Beside the steps: what may be the same as this event. Says nothing where there is nothing. */
export function Suspected({ found, action }: { found: readonly Candidate[] | null; action: (candidate: Candidate) => ComponentChildren }) {
  if (!found || found.length === 0) return null;
  return (
    <section class="duplicates no-print" aria-label={gettext("Possible duplicates")}>
      <h3 class="row">
        <Icon name="merge" />
        {gettext("Possible duplicates")}
        <Badge>{found.length}</Badge>
      </h3>
      <ul>
        {found.map((one) => (
          <CandidateLines key={one.event.no} candidate={one} link={eventPage(one.event.no)}>
            {one.hindrance === "" && action(one)}
          </CandidateLines>
        ))}
      </ul>
    </section>
  );
}

/** Of a merged event how it goes on, of the other one what it has taken in. */
export function MergeNote({ card, linked = true }: { card: Pick<EventCard, "goes_on" | "merged">; linked?: boolean }) {
  const now = useNow(60_000);
  const named = (no: string, seen: boolean) => (seen && linked ? <a href={eventPage(no)}>{no}</a> : <span class="mono">{no}</span>);
  return (
    <>
      {card.goes_on && (
        <Note icon="merge">
          <p>
            {gettext("Merged into")} {named(card.goes_on.no, card.goes_on.seen)} <Badge {...(card.goes_on.ended_at === null ? { kind: "normal" as const } : {})}>{card.goes_on.state_label}</Badge>
          </p>
          <p class="small dim">{card.goes_on.ended_at === null ? gettext("It tells of the same thing and goes on for both.") : say("It ended %(when)s, for both.", { when: whenText(card.goes_on.ended_at, now) })}</p>
        </Note>
      )}
      {card.merged.length > 0 && (
        <Note icon="merge">
          <p class="strong">{ngettext("%(count)s event was merged into this one", "%(count)s events were merged into this one", card.merged.length)}</p>
          <ul>
            {card.merged.map((one) => (
              <li key={one.no} class="small">
                {named(one.no, one.seen)} {one.source_label} · {say("reported %(when)s", { when: whenText(one.reported_at, now) })}
                {one.tickets > 0 && ` · ${ngettext("%(count)s hotline ticket", "%(count)s hotline tickets", one.tickets)}`}
              </li>
            ))}
          </ul>
        </Note>
      )}
    </>
  );
}

/** 已并入 EV…, in place of the bare state, where a line has no room for more. */
export function stateWords(row: Pick<EventRow, "state_label"> & Partial<Pick<EventRow, "merged_into">>): string {
  return row.merged_into ? say("Merged into %(no)s", { no: row.merged_into }) : row.state_label;
}
