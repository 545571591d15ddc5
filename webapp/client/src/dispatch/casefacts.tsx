/* Where an event is, and the plain facts about it. */
import { useEffect, useState } from "preact/hooks";
import { api, type EventCard } from "../shared/api/index.ts";
import { eventOnMap } from "../shared/eventpage.ts";
import { gettext, ngettext, pgettext, say } from "../shared/i18n.ts";
import { nearWords } from "../shared/near.ts";
import { PlaceMap } from "../shared/placemap/placemap.tsx";
import { useNow } from "../shared/ticking.ts";
import { Panel, When } from "../shared/ui/index.ts";

export function Where({ card }: { card: EventCard }) {
  const spot = card.lng === null || card.lat === null ? null : { lng: card.lng, lat: card.lat, accuracy_m: card.accuracy_m };
  const facts = [
    [gettext("Grid"), card.place || gettext("not placed")],
    [gettext("Address"), card.address],
    [gettext("Position"), positionWords(card)],
    [gettext("Found by"), card.matched?.words ?? ""],
    [gettext("Category"), card.category ? `${card.category.code} ${card.category.name}` : gettext("No category yet")],
    [gettext("Source"), sourceWords(card)],
  ];
  return (
    <section class="panel">
      {spot && (
        <div class="case-map no-print">
          <PlaceMap spot={spot} use="look" label={gettext("Where it is")} />
        </div>
      )}
      <dl class="pairs small panel-body">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <Pair key={name} name={name ?? ""}>
              {value}
            </Pair>
          ))}
        {spot && (
          <Pair name={gettext("Video near")} noPrint>
            <ChannelsNear no={card.no} spot={spot} />
          </Pair>
        )}
      </dl>
    </section>
  );
}

function Pair({ name, noPrint = false, children }: { name: string; noPrint?: boolean; children: preact.ComponentChildren }) {
  return (
    <>
      <dt class={noPrint ? "no-print" : ""}>{name}</dt>
      <dd class={noPrint ? "no-print" : ""}>{children}</dd>
    </>
  );
}

function positionWords(card: EventCard): string {
  if (card.lng === null || card.lat === null) {
    return card.given_point ? say("given as %(lng)s, %(lat)s (%(crs)s), not placed", { ...card.given_point }) : "";
  }
  const place = `${card.lng.toFixed(5)}, ${card.lat.toFixed(5)}`;
  return card.accuracy_m === null ? place : `${place} · ${say("within %(metres)s m", { metres: Math.round(card.accuracy_m) })}`;
}

function sourceWords(card: EventCard): string {
  const by = card.reporter && card.reporter !== card.source_label ? `${card.source_label} ${card.reporter}` : card.source_label;
  return card.ticket_rows.length ? `${by}${pgettext("list", ", ")}${ngettext("%(count)s hotline ticket", "%(count)s hotline tickets", card.ticket_rows.length)}` : by;
}

/** How many cameras look at the place; a link to the map, which plays them. Silent where the reader may not ask. */
function ChannelsNear({ no, spot }: { no: string; spot: { lng: number; lat: number } }) {
  const [words, setWords] = useState("");
  useEffect(() => {
    const abort = new AbortController();
    api.channels(no, abort.signal).then(
      (near) => setWords(nearWords(near)),
      () => setWords(""),
    );
    return () => abort.abort();
  }, [no]);
  return words ? <a href={eventOnMap(no, spot)}>{words}</a> : <span class="faint">{gettext("none known")}</span>;
}

export function Facts({ card }: { card: EventCard }) {
  const now = useNow(60_000);
  return (
    <Panel>
      <dl class="pairs small">
        <Pair name={gettext("Held by")}>{card.holder}</Pair>
        {card.suggestion && (
          <Pair name={gettext("Suggested")}>
            {card.suggestion.name} <span class="dim">{say("Because: %(reason)s", { reason: card.suggestion.reason })}</span>
          </Pair>
        )}
        <Pair name={gettext("Reported")}><When at={card.reported_at} now={now} /></Pair>
        {card.due_at !== null && card.ended_at === null && <Pair name={gettext("Due in all")}><When at={card.due_at} now={now} left /></Pair>}
        {card.ended_at !== null && <Pair name={gettext("Ended")}><When at={card.ended_at} now={now} /></Pair>}
        {card.goes_on && (
          <Pair name={gettext("Merged into")}>
            <span class="mono">{card.goes_on.no}</span> {card.goes_on.state_label}
          </Pair>
        )}
        {card.merged.length > 0 && <Pair name={gettext("Merged in")}>{card.merged.map((one) => `${one.no} ${one.source_label}`).join("、")}</Pair>}
        {card.shared && (
          <Pair name={gettext("Shared")}>
            <a href="/sharing?side=received">{card.shared.words}</a>
          </Pair>
        )}
        <Pair name={gettext("Who can see it")}>{card.seen_by.join("、")}</Pair>
      </dl>
    </Panel>
  );
}
