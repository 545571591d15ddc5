/* What was applied for and waits for an answer: who asks, for what, and why. */
import type { EventCard, JournalItem } from "../shared/api/index.ts";
import { useNow } from "../shared/ticking.ts";
import { whenText } from "../shared/time.ts";
import { askedWords, Note } from "../shared/ui/index.ts";

const ASKED_BY: Readonly<Record<string, string>> = { extension: "request_extension", suspension: "ask_suspension" };

/** The entry by which it was asked; null when nothing waits. */
export function applied(card: Pick<EventCard, "asked" | "journal">): JournalItem | null {
  const step = ASKED_BY[card.asked];
  return [...card.journal].filter((item) => item.step === step).sort((a, b) => b.version - a.version)[0] ?? null;
}

export function Application({ card }: { card: EventCard }) {
  const now = useNow(60_000);
  const entry = applied(card);
  if (!entry) return null;
  return (
    <Note icon="ask">
      <p class="strong">{askedWords(card.asked)}</p>
      <p>{entry.sentence}</p>
      {entry.text && <p class="pre">{entry.text}</p>}
      <p class="faint">{whenText(entry.at, now)}</p>
    </Note>
  );
}
