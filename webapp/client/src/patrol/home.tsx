/* The first screen: own grid, what to do today, what waits to be sent, and the round button. */
import type { WorkRow } from "../shared/api/index.ts";
import { gettext, ngettext, say } from "../shared/i18n.ts";
import { markOf } from "../shared/marks.ts";
import { useNow } from "../shared/ticking.ts";
import { remaining, whenText } from "../shared/time.ts";
import { Button, cls, Icon, Mark, ProblemState, SkeletonRows } from "../shared/ui/index.ts";
import type { Patrol } from "./model.ts";
import { CameraInput, goTo, PhoneBar } from "./parts.tsx";
import type { Listed } from "./lists.ts";
import { NoticeLink } from "./noticescreen.tsx";
import type { Rounds } from "./rounds.ts";
import { RoundsList } from "./roundslist.tsx";

const SHOWN = 6;

export function Home({ patrol, rounds, checks, verifies, connected }: { patrol: Patrol; rounds: Rounds; checks: Listed; verifies: Listed; connected: boolean }) {
  const unsent = patrol.reports.filter((report) => report.standing !== "delivered");
  const known = checks.rows !== null && verifies.rows !== null;
  const begin = (files: File[]): void => goTo({ name: "report", id: patrol.begin(files).client_id });
  return (
    <>
      <PhoneBar title={groundName(patrol)} whole>
        <NoticeLink />
        <span class={cls("light small", connected ? "is-done" : "is-over")} role="status">
          <Mark kind={connected ? "normal" : "over"} class="inherit" />
          {connected ? gettext("Connected") : gettext("No connection")}
        </span>
      </PhoneBar>
      <main class="pbody">
        <div class="big2">
          <div class="kpi">
            <span class="small dim">{gettext("Tasks of today")}</span>
            <b>{known ? ngettext("%(count)s left", "%(count)s left", checks.total + verifies.total) : "–"}</b>
          </div>
          <a class="kpi" href="#/mine">
            <span class="small dim">{gettext("Not sent yet")}</span>
            <b>{ngettext("%(count)s report", "%(count)s reports", unsent.length)}</b>
          </a>
        </div>
        {patrol.me.can.report ? (
          <div class="fabbox">
            <CameraInput class="fab" onFiles={begin}>
              <Icon name="camera" class="fab-icon" />
              {gettext("Report")}
            </CameraInput>
            <CameraInput class="linkbtn" camera={false} onFiles={begin}>
              {gettext("No camera? Choose from the phone's pictures")}
            </CameraInput>
          </div>
        ) : (
          <p class="small dim">{gettext("Your post does not report. What you can do is under Work.")}</p>
        )}
        <RoundsList rounds={rounds} />
        <Tasks checks={checks} verifies={verifies} />
      </main>
    </>
  );
}

/** The officer's own ground in words: the grid, else where the post is. */
function groundName({ me }: Patrol): string {
  return me.grids[0]?.place ?? me.grids[0]?.name ?? me.posts[0]?.organisation_name ?? me.name;
}

type TaskKind = "verify" | "check";

/** What is to be verified, then what is to be checked; one sentence where there is neither. */
function Tasks({ checks, verifies }: { checks: Listed; verifies: Listed }) {
  const none = checks.rows?.length === 0 && verifies.rows?.length === 0;
  if (none) return <p class="dim ptasks-none">{gettext("Nothing to verify or to check now. New tasks appear here by themselves.")}</p>;
  return (
    <>
      <TaskGroup kind="verify" title={gettext("To verify")} tasks={verifies} />
      <TaskGroup kind="check" title={gettext("To check")} tasks={checks} />
    </>
  );
}

function TaskGroup({ kind, title, tasks }: { kind: TaskKind; title: string; tasks: Listed }) {
  if (tasks.rows?.length === 0) return null;
  return (
    <section>
      <h2 class="pheading">
        {title} {tasks.rows !== null && <span class="count">{tasks.total}</span>}
      </h2>
      <TaskList kind={kind} tasks={tasks} />
    </section>
  );
}

function TaskList({ kind, tasks }: { kind: TaskKind; tasks: Listed }) {
  if (tasks.rows === null && tasks.problem) return <ProblemState title={gettext("The tasks did not come")} problem={tasks.problem} retry={tasks.reload} />;
  if (tasks.rows === null) return <SkeletonRows rows={3} columns={[14, 140]} />;
  return (
    <ul>
      {tasks.rows.slice(0, SHOWN).map((row) => (
        <TaskRow key={row.id} kind={kind} row={row} />
      ))}
      {tasks.total > SHOWN && <li class="small dim">{say("and %(count)s more", { count: tasks.total - SHOWN })}</li>}
    </ul>
  );
}

function TaskRow({ kind, row }: { kind: TaskKind; row: WorkRow }) {
  const now = useNow(10_000);
  const what = row.category?.name ?? gettext("No category yet");
  const verify = kind === "verify";
  const time = row.stage_due_at ? [remaining(row.stage_due_at, now).text, whenText(row.stage_due_at, now)] : [gettext("Clock stopped")];
  const under = [...time, verify ? row.source_label : "", row.task ? say("from %(organisation)s", { organisation: row.task.organisation }) : ""].filter(Boolean);
  return (
    <li class="ptask">
      <Mark kind={markOf(row, now)} label />
      <div class="grow">
        <div class="strong">{verify ? say("Verify %(what)s", { what }) : say("Check %(what)s", { what })}</div>
        <div class="small dim">
          {under.map((part, at) => (
            <span key={part}>
              {at > 0 && " · "}
              <span class="nobreak">{part}</span>
            </span>
          ))}
          {row.address && ` · ${row.address}`}
        </div>
        {row.task?.why && <div class={cls("small", row.task.handed_over && "is-over")}>{row.task.why}</div>}
      </div>
      <Button onClick={() => goTo({ name: "event", no: row.no })}>{verify ? gettext("Go and verify") : gettext("Go and check")}</Button>
    </li>
  );
}
