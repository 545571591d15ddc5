/* All stages of an event in one column: done, running, and how long each may take. */
import type { EventCard } from "../shared/api/index.ts";
import { StageBars } from "../shared/ui/index.ts";

/** The bars of every stage but the whole, which the clock above tells. */
export function Stages({ card }: { card: EventCard }) {
  const timers = card.timers.filter((timer) => timer.stage !== "whole");
  return timers.length ? (
    <div class="case-stages">
      <StageBars timers={timers} row={card} />
    </div>
  ) : null;
}
