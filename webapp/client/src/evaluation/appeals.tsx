/* Appeals against how events count: those that wait, or all. Decided on the event's page, beside its journal. */
import { useState } from "preact/hooks";
import { api, type Appeal } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { fullTimeText } from "../shared/time.ts";
import { Badge, Button, Empty, ProblemState, SkeletonRows } from "../shared/ui/index.ts";
import { usePages } from "../shared/usepages.ts";

export function Appeals() {
  const [undecided, setUndecided] = useState(true);
  const pages = usePages<Appeal>(`${undecided}`, (cursor) => api.appeals(undecided, cursor));
  return (
    <>
      <div class="register-tools">
        <div class="seg" role="group" aria-label={gettext("Which of them")}>
          <button type="button" aria-pressed={undecided} onClick={() => setUndecided(true)}>
            {gettext("To be decided")}
          </button>
          <button type="button" aria-pressed={!undecided} onClick={() => setUndecided(false)}>
            {gettext("All")}
          </button>
        </div>
      </div>
      <h2 class="unseen">{gettext("Appeals")}</h2>
      {pages.problem && pages.rows.length === 0 && <ProblemState title={gettext("The appeals did not come")} problem={pages.problem} retry={pages.reload} />}
      {pages.loading && pages.rows.length === 0 && <SkeletonRows rows={6} columns={[120, 160, 200]} />}
      {!pages.loading && !pages.problem && pages.rows.length === 0 && (
        <Empty title={undecided ? gettext("No appeal waits to be decided") : gettext("Nobody has appealed yet")}>{gettext("An organisation appeals on the page of the event, under “How it counts”.")}</Empty>
      )}
      {pages.rows.length > 0 && <Rows rows={pages.rows} />}
      {pages.next !== null && (
        <div class="more">
          <Button busy={pages.loading} onClick={pages.more}>
            {gettext("Show more")}
          </Button>
        </div>
      )}
    </>
  );
}

function Rows({ rows }: { rows: readonly Appeal[] }) {
  return (
    <div class="register-rows panel" tabIndex={0} role="region" aria-label={gettext("Appeals")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th scope="col">{gettext("Event")}</th>
            <th scope="col">{gettext("Indicator")}</th>
            <th scope="col">{gettext("Organisation")}</th>
            <th scope="col">{gettext("Why")}</th>
            <th scope="col">{gettext("Since")}</th>
            <th scope="col">{gettext("Decision")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <a class="mono" href={`/events/${encodeURIComponent(row.no)}`}>
                  {row.no}
                </a>
              </td>
              <td>{row.name}</td>
              <td>{row.organisation}</td>
              <td class="form-words">{row.reason}</td>
              <td class="num dim">{fullTimeText(row.asked_at)}</td>
              <td>
                <Badge {...(row.state === "open" ? { kind: "wait" as const } : {})}>{row.state_label}</Badge> {row.verdict_label}
                {row.decision && <span class="block small dim">{row.decision}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
