/* My reports: what is on this phone with where it stands, then what the centre has of mine. */
import type { EventRow } from "../shared/api/index.ts";
import { stateWords } from "../shared/duplicates.tsx";
import { gettext, say } from "../shared/i18n.ts";
import { markOf } from "../shared/marks.ts";
import { useNow } from "../shared/ticking.ts";
import { whenText } from "../shared/time.ts";
import { Button, Empty, Icon, Mark, Note } from "../shared/ui/index.ts";
import type { Listed } from "./lists.ts";
import type { Patrol } from "./model.ts";
import { goTo, lackWords, LocalPicture, PhoneBar, StandingLine } from "./parts.tsx";
import { lacks, type Report } from "./report.ts";

export function Mine({ patrol, mine, connected }: { patrol: Patrol; mine: Listed; connected: boolean }) {
  const here = patrol.reports;
  const known = new Set(here.map((report) => report.event_no));
  const others = (mine.rows ?? []).filter((row) => !known.has(row.no));
  const states = new Map((mine.rows ?? []).map((row) => [row.no, row]));
  const waiting = here.some((report) => report.standing === "waiting");
  return (
    <>
      <PhoneBar title={gettext("My reports")} />
      <main class="pbody">
        {waiting && (
          <Note kind="near" icon={connected ? "clock" : "offline"}>
            {connected ? gettext("Sent one by one. What has not arrived is kept on this phone and is not lost.") : gettext("No connection. What has not arrived is kept on this phone and is sent by itself later.")}{" "}
            {connected && (
              <button type="button" class="linkbtn" onClick={patrol.retry}>
                {gettext("Send now")}
              </button>
            )}
          </Note>
        )}
        {here.length + others.length === 0 && (
          <Empty icon="inbox" title={gettext("No reports yet")} actions={<Button onClick={() => goTo({ name: "home" })}>{gettext("To the start")}</Button>}>
            {mine.problem && mine.problem.status !== 422 ? mine.problem.detail : gettext("Take a photo with the round button to begin one.")}
          </Empty>
        )}
        <ul>
          {here.map((report) => (
            <LocalItem key={report.client_id} patrol={patrol} report={report} row={states.get(report.event_no ?? "") ?? null} />
          ))}
          {others.map((row) => (
            <SentItem key={row.id} row={row} />
          ))}
        </ul>
        {here.length > 0 && <p class="small dim pfootnote">{gettext("Delivered reports stay on this phone for 30 days; others until they are sent or discarded.")}</p>}
      </main>
    </>
  );
}

function LocalItem({ patrol, report, row }: { patrol: Patrol; report: Report; row: EventRow | null }) {
  const now = useNow(30_000);
  const first = report.pictures[0];
  const share = patrol.share(report.client_id);
  return (
    <li class="pitem">
      <LocalPicture blob={first?.blob ?? null} alt="" />
      <div class="grow">
        <div class="strong">{report.category_name || gettext("Report without a category")}</div>
        <StandingLine report={report} share={share} />
        <div class="small dim">{under(report, row, now)}</div>
      </div>
      <ItemWay report={report} share={share} />
    </li>
  );
}

function under(report: Report, row: EventRow | null, now: number): string {
  const when = whenText(report.created_at, now);
  if (report.standing === "delivered") return `${row ? stateWords(row) : report.event_state} · ${when}`;
  if (report.standing === "draft") {
    const missing = lacks(report);
    return missing.length ? say("Still missing: %(what)s.", { what: missing.map(lackWords).join("、") }) : when;
  }
  if (report.standing === "waiting" && report.failure) return `${report.failure.message} · ${when}`;
  return when;
}

function ItemWay({ report, share }: { report: Report; share: number }) {
  const id = report.client_id;
  if (report.standing === "sending") {
    return (
      <span class="bar is-normal item-bar">
        <i style={{ width: `${Math.round(share * 100)}%` }} />
      </span>
    );
  }
  if (report.standing === "waiting") return <Icon name="clock" class="dim" />;
  if (report.standing === "delivered") return <Button kind="quiet" icon="right" label={say("See %(no)s", { no: report.event_no ?? "" })} onClick={() => goTo({ name: "event", no: report.event_no ?? "" })} />;
  return <Button onClick={() => goTo({ name: report.solved ? "solve" : "report", id })}>{report.standing === "failed" ? gettext("Mend it") : gettext("Go on")}</Button>;
}

function SentItem({ row }: { row: EventRow }) {
  const now = useNow(30_000);
  return (
    <li class="pitem">
      <span class="pitem-mark">
        <Mark kind={markOf(row, now)} label />
      </span>
      <div class="grow">
        <div class="strong">{row.category?.name ?? gettext("No category yet")}</div>
        <span class="standing small is-done">
          <Icon name="check" />
          <span>{say("Delivered %(no)s", { no: row.no })}</span>
        </span>
        <div class="small dim">
          {stateWords(row)} · {whenText(row.reported_at, now)}
        </div>
      </div>
      <Button kind="quiet" icon="right" label={say("See %(no)s", { no: row.no })} onClick={() => goTo({ name: "event", no: row.no })} />
    </li>
  );
}
