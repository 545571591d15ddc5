/* Who has which share of an event: the lead, joint organisations, checks; each with its state and its own deadline. */
import type { EventCard, EventTask, MarkKind } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { useNow } from "../shared/ticking.ts";
import { Badge, Mark, Note, SupervisionBadge, When } from "../shared/ui/index.ts";

function kindWords(kind: string): string {
  const words: Record<string, string> = { lead: gettext("Lead"), joint: gettext("Joint"), check: gettext("Check"), verify: gettext("Verify") };
  return words[kind] ?? kind;
}

function stateWords(state: string): string {
  const words: Record<string, string> = { assigned: gettext("Assigned"), signed: gettext("Signed"), finished: gettext("Finished"), returned: gettext("Returned"), recalled: gettext("Taken back") };
  return words[state] ?? state;
}

/** Where a task stands against its own clock at `now` (ms). */
export function taskMark(task: EventTask, now: number): MarkKind {
  if (task.ended_at !== null) return task.state === "finished" ? "done" : "wait";
  if (task.due_at === null) return "wait";
  if (now >= Date.parse(task.due_at)) return "over";
  return task.near_at !== null && now >= Date.parse(task.near_at) ? "near" : "normal";
}

/** The organisations whose joint share is open: the lead can't finish before them. */
export function openShares(card: Pick<EventCard, "tasks">): string[] {
  return card.tasks.filter((task) => task.kind === "joint" && task.ended_at === null).map((task) => task.organisation);
}

/** Why the work can't be finished yet, and for whom it waits. */
export function OpenShares({ card }: { card: EventCard }) {
  const names = openShares(card);
  if (card.state !== "handling" || names.length === 0) return null;
  return (
    <Note icon="merge">
      <p>{say("Not finished yet: the joint share of %(names)s. The lead can finish when they have, or when their share is recalled.", { names: names.join("、") })}</p>
    </Note>
  );
}

/** Lead and joint shares where others than the lead have or had one; nothing else. */
export function SharedTasks({ card, class: extra = "" }: { card: EventCard; class?: string }) {
  if (!card.tasks.some((task) => task.kind === "joint")) return null;
  return (
    <div class={extra}>
      <TaskList tasks={card.tasks} />
    </div>
  );
}

/** Lead and joint shares, one under the other; with `all` the tasks to verify and to check too. */
export function TaskList({ tasks, all = false }: { tasks: readonly EventTask[]; all?: boolean }) {
  const shown = all ? tasks : tasks.filter((task) => (task.kind === "lead" || task.kind === "joint") && task.state !== "recalled");
  return (
    <ul class="tasks" aria-label={gettext("Tasks")}>
      {shown.map((task) => (
        <TaskItem key={task.number} task={task} />
      ))}
    </ul>
  );
}

function TaskItem({ task }: { task: EventTask }) {
  const now = useNow(30_000);
  return (
    <li>
      <div class="row task-head">
        <Mark kind={taskMark(task, now)} label />
        <span class="small dim">{kindWords(task.kind)}</span>
        <span class="strong">{task.organisation}</span>
        <span class="grow" />
        {task.ended_at === null && <SupervisionBadge level={task.supervision} />}
        <Badge>{task.paused ? gettext("Clock stopped") : stateWords(task.state)}</Badge>
      </div>
      <p class="small dim">
        <Course task={task} now={now} />
      </p>
      {task.why && <p class="small dim">{task.why}</p>}
      {task.words && <p class="small pre">{task.words}</p>}
    </li>
  );
}

/** Who signed and when, by when it is due, who ended it and when. */
function Course({ task, now }: { task: EventTask; now: number }) {
  const own = task.kind === "lead" || task.kind === "joint";
  return (
    <>
      {task.signed_by && task.signed_at && (
        <span class="task-part">
          {say("%(name)s signed", { name: task.signed_by })} <When at={task.signed_at} now={now} />
        </span>
      )}
      {task.ended_at === null && task.due_at !== null && (
        <span class="task-part">
          {task.signed_at === null ? gettext("To sign by") : gettext("To finish by")} <When at={task.due_at} now={now} left />
        </span>
      )}
      {task.ended_at !== null && (
        <span class="task-part">
          {task.user} {stateWords(task.state)} <When at={task.ended_at} now={now} />
        </span>
      )}
      {!own && task.ended_at === null && task.user && <span class="task-part">{task.user}</span>}
    </>
  );
}
