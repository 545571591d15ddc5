/** What is not as it was between two readings of one event. Pure. */
import type { EventCard, JournalItem } from "../api/types.ts";
import { gettext, pgettext } from "../i18n.ts";
import { whenText } from "../time.ts";

/** One thing that changed, as it was and as it is. */
export interface Changed {
  label: string;
  before: string;
  now: string;
}

/** What happened between the version one had and the one there is, in order. */
export function newSince(before: EventCard, now: EventCard): JournalItem[] {
  return now.journal.filter((item) => item.version > before.version).sort((a, b) => a.version - b.version);
}

/** The facts that differ, in the order of a card. Times are told as seen from `at` (ms). */
export function changed(before: EventCard, now: EventCard, at: number): Changed[] {
  const due = (card: EventCard): string => (card.due_at ? whenText(card.due_at, at) : "");
  const facts: [string, (card: EventCard) => string][] = [
    [gettext("State"), (card) => card.state_label],
    [gettext("Category"), (card) => card.category?.name ?? ""],
    [gettext("Place"), (card) => card.place],
    [gettext("Address"), (card) => card.address],
    [pgettext("conflict", "Description"), (card) => card.description],
    [gettext("Held by"), (card) => card.holder],
    [gettext("Lead"), (card) => card.lead ?? ""],
    [gettext("Urgent"), (card) => (card.urgent ? pgettext("conflict", "Yes") : pgettext("conflict", "No"))],
    [gettext("Due"), due],
  ];
  return facts.flatMap(([label, of]) => (of(before) === of(now) ? [] : [{ label, before: of(before), now: of(now) }]));
}
