/* The running stage of an event, as a bar of what is used. */
import type { EventCard, StageTimer } from "../shared/api/index.ts";
import { markOf } from "../shared/marks.ts";
import { useNow } from "../shared/ticking.ts";
import { cls } from "../shared/ui/index.ts";

/** The timer that runs for the present stage; null where none does. */
export function currentTimer(event: Pick<EventCard, "timers" | "stage">): StageTimer | null {
  return event.timers.find((timer) => timer.stage === event.stage && timer.stopped_at === null) ?? null;
}

/** The share of the running allowance that is used, 0 to 1: by the server's figure, grown by the clock where it runs day and night. */
export function usedShare(timer: StageTimer, now: number): number {
  if (timer.mark === "over" || timer.allowance_min <= 0) return 1;
  const due = timer.due_at === null ? null : Date.parse(timer.due_at);
  const around = timer.clock === "urgent_hour" && due !== null ? 1 - (due - now) / (timer.allowance_min * 60_000) : timer.used_min / timer.allowance_min;
  return Math.min(1, Math.max(0, around));
}

export function UsedBar({ event }: { event: EventCard }) {
  const now = useNow(5000);
  const timer = currentTimer(event);
  if (!timer) return null;
  return (
    <div class={cls("bar", "usedbar", `is-${markOf(event, now)}`)}>
      <i style={{ width: `${Math.round(usedShare(timer, now) * 100)}%` }} />
    </div>
  );
}
