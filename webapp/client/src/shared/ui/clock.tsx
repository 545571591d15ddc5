/** The clock of an event: what is left and until when, and the stages as bars. */
import type { EventRow, MarkKind, StageTimer } from "../api/types.ts";
import { gettext, say } from "../i18n.ts";
import { markHint, markOf, REVIEW } from "../marks.ts";
import { useNow } from "../ticking.ts";
import { minutesText, remaining, reviewText, whenText } from "../time.ts";
import { cls, Mark } from "./basics.tsx";
import { When } from "./when.tsx";

type Timed = Pick<EventRow, "ended_at" | "stage" | "stage_due_at" | "stage_near_at" | "due_at" | "state_label">;

/** Large: the stage's own time, and the whole event's beside it. `label` names the stage. */
export function Clock({ row, label }: { row: Timed; label?: string }) {
  const now = useNow();
  const kind = markOf(row, now);
  return (
    <div class="clock-line">
      <div class={cls("clock", `is-${kind}`)} role="timer" {...hinted(kind)}>
        <span class="small dim">{label ?? row.state_label}</span>
        <span class="clock-time">{row.ended_at === null ? clockWords(row, now) : <When at={row.ended_at} now={now} />}</span>
      </div>
      <div class="num small dim">
        {row.ended_at === null && row.stage_due_at !== null && <div>{row.stage === REVIEW ? reviewText(row.stage_due_at, now) : <When at={row.stage_due_at} now={now} />}</div>}
        {row.due_at !== null && row.ended_at === null && (
          <div>
            {gettext("Whole:")} <When at={row.due_at} now={now} left />
          </div>
        )}
      </div>
    </div>
  );
}

/** What the pointer is told of a mark that asks for a reason. */
function hinted(kind: MarkKind): { title?: string } {
  const hint = markHint(kind);
  return hint === "" ? {} : { title: hint };
}

function clockWords(row: Timed, now: number): string {
  return row.stage_due_at === null || row.stage === REVIEW ? gettext("Clock stopped") : remaining(row.stage_due_at, now).text;
}

/** Whether a timer stands still because the event is suspended: only the one until its review runs. */
export function isPaused(timer: StageTimer, row: Timed | undefined): boolean {
  if (timer.stopped_at !== null) return false;
  return (timer.paused_at ?? null) !== null || (row?.stage === REVIEW && timer.stage !== REVIEW);
}

function stageWords(timer: StageTimer, paused: boolean, now: number): string {
  if (timer.stage === REVIEW) return timer.due_at === null ? "" : whenText(timer.due_at, now);
  const values = { used: minutesText(timer.used_min), allowance: minutesText(timer.allowance_min) };
  const left = timer.allowance_min - timer.used_min;
  if (paused) return left > 0 ? say("paused, %(left)s left", { left: minutesText(left) }) : gettext("paused, used up");
  return timer.stopped_at === null ? say("%(used)s used of %(allowance)s", values) : say("took %(used)s of %(allowance)s", values);
}

/** Where one stage stands: a stopped one is done (or was over), the running one has the event's own mark. */
export function timerMark(timer: StageTimer, row: Timed | undefined, now: number): MarkKind {
  if (isPaused(timer, row)) return "wait";
  if (timer.stage === REVIEW && timer.stopped_at !== null) return "done";
  if (timer.stopped_at !== null) return timer.used_min > timer.allowance_min ? "over" : "done";
  if (timer.mark !== undefined) return timer.mark;
  if (timer.stage !== "whole" && row !== undefined) return markOf(row, now);
  return timer.due_at !== null && now >= Date.parse(timer.due_at) ? "over" : "normal";
}

/** Clocks that stand still at night and on holidays: their figures and the wall clock's differ. */
const WORKING: ReadonlySet<string> = new Set(["work_hour", "work_day"]);

/** One bar per stage: the share of its allowance that is used. The whole event's time is told by the clock above. */
export function StageBars({ timers, row }: { timers: StageTimer[]; row?: Timed }) {
  const stages = timers.filter((timer) => timer.stage !== "whole");
  return (
    <>
      <Bars timers={stages} row={row} />
      {stages.some((timer) => WORKING.has(timer.clock)) && <p class="small faint">{gettext("Counted in working time: not at night, on weekends and holidays.")}</p>}
    </>
  );
}

function Bars({ timers, row }: { timers: StageTimer[]; row: Timed | undefined }) {
  const now = useNow(10_000);
  return (
    <ul class="stages" aria-label={gettext("Stages")}>
      {timers.map((timer) => {
        const kind = timerMark(timer, row, now);
        const paused = isPaused(timer, row);
        const running = timer.stopped_at === null && !paused;
        const share = timer.allowance_min > 0 ? Math.min(100, (100 * timer.used_min) / timer.allowance_min) : 100;
        return (
          <li key={`${timer.stage}-${timer.started_at}`}>
            <Mark kind={kind} label />
            <span class={running ? "strong" : "dim"} {...(timer.organisation ? { title: say("Counted in the working hours of %(organisation)s", { organisation: timer.organisation }) } : {})}>{timer.label}</span>
            <span class={cls("bar", `is-${kind}`)} {...hinted(kind)}>
              <i style={{ width: `${share}%` }} />
            </span>
            <span class={cls("num", running ? `is-${kind} strong` : "dim")}>{stageWords(timer, paused, now)}</span>
          </li>
        );
      })}
    </ul>
  );
}
