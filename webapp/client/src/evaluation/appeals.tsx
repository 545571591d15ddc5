/* Appeals against how events count: those that wait, or all. Decided on the event's page, beside its journal. */
import { useState } from "preact/hooks";
import { api, type Appeal } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { fullTimeText } from "../shared/time.ts";
import { Badge, Empty, Paged } from "../shared/ui/index.ts";
import { usePages } from "../shared/usepages.ts";
import { EventCell, Table } from "./table.tsx";

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
      <Paged
        pages={pages}
        failed={gettext("The appeals did not come")}
        columns={[120, 160, 200]}
        none={<Empty title={undecided ? gettext("No appeal waits to be decided") : gettext("Nobody has appealed yet")}>{gettext("An organisation appeals on the page of the event, under “How it counts”.")}</Empty>}
        label={gettext("Appeals")}
      >
        <Rows rows={pages.rows} />
      </Paged>
    </>
  );
}

function Rows({ rows }: { rows: readonly Appeal[] }) {
  return (
    <Table columns={[gettext("Event"), gettext("Indicator"), gettext("Organisation"), gettext("Why"), gettext("Since"), gettext("Decision")]}>
      {rows.map((row) => (
        <tr key={row.id}>
          <EventCell no={row.no} />
          <td>{row.name}</td>
          <td>{row.organisation}</td>
          <td class="form-words">{row.reason}</td>
          <td class="nobreak dim">{fullTimeText(row.asked_at)}</td>
          <td>
            <Badge {...(row.state === "open" ? { kind: "wait" as const } : {})}>{row.state_label}</Badge> {row.verdict_label}
            {row.decision && <span class="block small dim">{row.decision}</span>}
          </td>
        </tr>
      ))}
    </Table>
  );
}
