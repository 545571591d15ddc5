/* The rounds on the first screen: own grids with a button to check in, the most urgent first; a grid lead's village. */
import type { CoverageRow, GridPatrol, OwnGrid } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { patrolMark, patrolWords, shareText } from "../shared/patrolwords.ts";
import { useNow } from "../shared/ticking.ts";
import { clockText, dayText } from "../shared/time.ts";
import { Button, Icon, Mark } from "../shared/ui/index.ts";
import { type CheckIn, latestOf } from "./checkin.ts";
import type { Refusal } from "./locate.ts";
import type { Rounds } from "./rounds.ts";

export function RoundsList({ rounds }: { rounds: Rounds }) {
  const page = rounds.page;
  if (page === null) return null; /* nothing known yet; the tasks below say what is wrong */
  return (
    <>
      {page.own.length > 0 && (
        <section>
          <h2 class="pheading">{gettext("My rounds")}</h2>
          <ul>
            {page.own.map((grid) => (
              <OwnRow key={grid.code} grid={grid} rounds={rounds} />
            ))}
          </ul>
        </section>
      )}
      {page.led_total && <Led total={page.led_total} rows={page.led} />}
    </>
  );
}

function OwnRow({ grid, rounds }: { grid: OwnGrid; rounds: Rounds }) {
  const now = useNow(30_000);
  const latest = latestOf(rounds.checkIns, grid.code, new Date(now));
  const here = grid.checked_in_at !== null || latest?.standing === "delivered";
  return (
    <li class="pround">
      <div class="row">
        <Mark kind={here ? "done" : patrolMark(grid.status)} />
        <div class="grow">
          <div class="strong">{grid.place}</div>
          <div class="small dim">{underOf(grid, now)}</div>
          {grid.stands_in_for && <div class="small">{say("You stand in for %(name)s", { name: grid.stands_in_for })}</div>}
        </div>
      </div>
      <div role="status">
        <CheckInLine grid={grid} latest={latest} refusal={rounds.refusal?.grid === grid.code ? rounds.refusal.why : null} />
      </div>
      {!here && latest?.standing !== "waiting" && <CheckInButton grid={grid} again={latest !== null} rounds={rounds} />}
    </li>
  );
}

function CheckInButton({ grid, again, rounds }: { grid: OwnGrid; again: boolean; rounds: Rounds }) {
  const seeking = rounds.seeking === grid.code;
  const wanted = grid.status === "due" || grid.status === "overdue";
  return (
    <Button {...(wanted ? { kind: "primary" as const } : {})} block class="pcheckin" icon="pin" busy={seeking} disabled={rounds.seeking !== ""} onClick={() => rounds.checkIn(grid)}>
      {seeking ? gettext("Looking where you are") : again ? gettext("Check in again") : gettext("Check in here")}
    </Button>
  );
}

function underOf(grid: OwnGrid, now: number): string {
  const parts = [patrolWords(grid.status)];
  if (grid.due_until) parts.push(say("until %(day)s", { day: dayText(Date.parse(grid.due_until), now) }));
  if (grid.times > 1) parts.push(say("%(done)s of %(times)s times", { done: grid.done, times: grid.times }));
  if (grid.key_area) parts.push(gettext("key area"));
  return parts.join(" · ");
}

function CheckInLine({ grid, latest, refusal }: { grid: OwnGrid; latest: CheckIn | null; refusal: Refusal | null }) {
  if (refusal) return <Line kind="is-over" icon="alert" words={refusalWords(refusal)} />;
  if (latest?.standing === "waiting") return <Line kind="is-normal" icon="clock" words={say("Checked in %(time)s, waiting for a signal", { time: clockText(latest.device_at) })} />;
  if (latest?.standing === "failed") return <Line kind="is-over" icon="alert" words={latest.failure?.message ?? ""} />;
  const when = grid.checked_in_at ?? latest?.device_at ?? null;
  return when ? <Line kind="is-done" icon="check" words={say("Checked in %(time)s", { time: clockText(when) })} /> : null;
}

function Line({ kind, icon, words }: { kind: string; icon: "alert" | "clock" | "check"; words: string }) {
  return (
    <span class={`standing small ${kind}`}>
      <Icon name={icon} />
      <span>{words}</span>
    </span>
  );
}

function refusalWords(why: Refusal): string {
  const words: Record<Refusal, () => string> = {
    insecure: () => gettext("This page came without encryption, so the phone does not say where it is. Nobody can check in from here."),
    denied: () => gettext("The phone may not say where it is. Allow the page to know the place, and check in again."),
    unavailable: () => gettext("The phone does not know where it is. Go under the open sky, and check in again."),
    timeout: () => gettext("The phone did not find where it is in time. Go under the open sky, and check in again."),
  };
  return words[why]();
}

const SHOWN = 8;

/** The village of a grid lead: how it is covered, and the grids still to be visited. */
function Led({ total, rows }: { total: CoverageRow; rows: readonly GridPatrol[] }) {
  const now = useNow(30_000);
  const open = rows.filter((row) => row.status === "overdue" || row.status === "due");
  return (
    <section>
      <h2 class="pheading">{say("Rounds in %(place)s", { place: total.name })}</h2>
      <p>
        <b class="num">{shareText(total.visited, total.due)}</b>{" "}
        <span class="dim small">{say("covered in the last four weeks (%(visited)s of %(due)s)", { visited: total.visited, due: total.due })}</span>
      </p>
      {open.length === 0 && <p class="dim small">{gettext("Every grid with a plan has been visited as due.")}</p>}
      <ul>
        {open.slice(0, SHOWN).map((row) => (
          <li key={row.code} class="ptask">
            <Mark kind={patrolMark(row.status)} />
            <div class="grow">
              <div class="strong">{row.place}</div>
              <div class="small dim">
                {[patrolWords(row.status), row.due_until ? say("until %(day)s", { day: dayText(Date.parse(row.due_until), now) }) : "", row.officers.join("、") || gettext("Nobody walks it")].filter(Boolean).join(" · ")}
              </div>
            </div>
          </li>
        ))}
      </ul>
      {open.length > SHOWN && <p class="small dim">{say("and %(count)s more", { count: open.length - SHOWN })}</p>}
      <a class="linkbtn" href="/coverage">
        {gettext("All of the coverage")}
      </a>
    </section>
  );
}
