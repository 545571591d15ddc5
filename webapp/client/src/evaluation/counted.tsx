/* The events behind a number. */
import { useState } from "preact/hooks";
import { api, type CountedRow, type EvaluationFilter } from "../shared/api/index.ts";
import { gettext, ngettext } from "../shared/i18n.ts";
import { fullTimeText } from "../shared/time.ts";
import { Badge, Mark } from "../shared/ui/index.ts";
import { usePages } from "../shared/usepages.ts";
import { Behind, type BehindProps } from "./behind.tsx";
import { EventCell, Table } from "./table.tsx";

type Numbered = CountedRow & { id: string };

type Props = BehindProps & { filter: EvaluationFilter };

export function Counted({ filter, ...behind }: Props) {
  const { indicator, group } = behind;
  const [missed, setMissed] = useState(false);
  const [withheld, setWithheld] = useState(0);
  const pages = usePages<Numbered>(`${missed}`, async (cursor) => {
    const page = await api.counted(indicator.code, { ...filter, ...(group ? { key: group.key } : {}), missed, cursor });
    setWithheld(page.withheld);
    return { rows: page.rows.map((row, index) => ({ ...row, id: `${row.no} ${row.at} ${cursor}${index}` })), next: page.next };
  });
  return (
    <Behind
      {...behind}
      pages={pages}
      missed={missed}
      onMissed={setMissed}
      missedLabel={gettext("Not among the hits")}
      failed={gettext("The events did not come")}
      label={gettext("Events")}
      beside={withheld > 0 && <span class="small dim">{ngettext("%(count)s more is kept within its case", "%(count)s more are kept within their case", withheld)}</span>}
    >
      <Rows rows={pages.rows} hits={indicator.hits_label} />
    </Behind>
  );
}

function Rows({ rows, hits }: { rows: readonly Numbered[]; hits: string }) {
  const time = (iso: string | null): string => (iso === null ? "–" : fullTimeText(iso));
  return (
    <Table columns={[hits, gettext("Event"), gettext("Category"), gettext("Place"), gettext("Answering organisation"), gettext("Deadline"), gettext("Finished"), gettext("Closed")]}>
      {rows.map((row) => (
        <tr key={row.id}>
          <td>
            <span class="row">
              <Mark kind={row.hit ? "done" : "over"} /> {row.hit ? gettext("Yes") : gettext("No")}
              {row.corrected && <Badge kind="near">{gettext("Corrected on appeal")}</Badge>}
            </span>
          </td>
          <EventCell no={row.no} />
          <td>{row.category}</td>
          <td class="dim">{row.place}</td>
          <td>{row.lead || "–"}</td>
          <td class="nobreak dim">{time(row.due_at)}</td>
          <td class="nobreak dim">{time(row.finished_at)}</td>
          <td class="nobreak dim">{time(row.closed_at)}</td>
        </tr>
      ))}
    </Table>
  );
}
