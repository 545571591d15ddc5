/* The events behind a number. */
import { useState } from "preact/hooks";
import { api, type CountedRow, type EvaluationFilter, type Indicator } from "../shared/api/index.ts";
import { gettext, ngettext } from "../shared/i18n.ts";
import { fullTimeText } from "../shared/time.ts";
import { Badge, Dialog, Empty, Mark, Paged } from "../shared/ui/index.ts";
import { usePages } from "../shared/usepages.ts";

type Numbered = CountedRow & { id: string };

interface Props {
  indicator: Indicator;
  filter: EvaluationFilter;
  /** The group, as the report has it; undefined: all of them. */
  group?: { key: string; label: string };
  onClose: () => void;
}

export function Counted({ indicator, filter, group, onClose }: Props) {
  const [missed, setMissed] = useState(false);
  const [withheld, setWithheld] = useState(0);
  const pages = usePages<Numbered>(`${missed}`, async (cursor) => {
    const page = await api.counted(indicator.code, { ...filter, ...(group ? { key: group.key } : {}), missed, cursor });
    setWithheld(page.withheld);
    return { rows: page.rows.map((row, index) => ({ ...row, id: `${row.no} ${row.at} ${cursor}${index}` })), next: page.next };
  });
  const title = group ? `${group.label} · ${indicator.name}` : indicator.name;
  return (
    <Dialog title={title} wide onClose={onClose}>
      <p class="small dim">{indicator.formula}</p>
      <div class="row wrap">
        <div class="seg" role="group" aria-label={gettext("Which of them")}>
          <button type="button" aria-pressed={!missed} onClick={() => setMissed(false)}>
            {indicator.of_label}
          </button>
          <button type="button" aria-pressed={missed} onClick={() => setMissed(true)}>
            {gettext("Not among the hits")}
          </button>
        </div>
        {withheld > 0 && <span class="small dim">{ngettext("%(count)s more is kept within its case", "%(count)s more are kept within their case", withheld)}</span>}
      </div>
      <Paged pages={pages} failed={gettext("The events did not come")} columns={[120, 120, 160]} none={<Empty title={gettext("There is none")} />} label={gettext("Events")}>
        <Rows rows={pages.rows} hits={indicator.hits_label} />
      </Paged>
    </Dialog>
  );
}

function Rows({ rows, hits }: { rows: readonly Numbered[]; hits: string }) {
  const time = (iso: string | null): string => (iso === null ? "–" : fullTimeText(iso));
  return (
    <table class="table register-table">
      <thead>
        <tr>
          <th scope="col">{hits}</th>
          <th scope="col">{gettext("Event")}</th>
          <th scope="col">{gettext("Category")}</th>
          <th scope="col">{gettext("Place")}</th>
          <th scope="col">{gettext("Answering organisation")}</th>
          <th scope="col">{gettext("Deadline")}</th>
          <th scope="col">{gettext("Finished")}</th>
          <th scope="col">{gettext("Closed")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <span class="row">
                <Mark kind={row.hit ? "done" : "over"} /> {row.hit ? gettext("Yes") : gettext("No")}
                {row.corrected && <Badge kind="near">{gettext("Corrected on appeal")}</Badge>}
              </span>
            </td>
            <td>
              <a class="mono" href={`/events/${encodeURIComponent(row.no)}`}>
                {row.no}
              </a>
            </td>
            <td>{row.category}</td>
            <td class="dim">{row.place}</td>
            <td>{row.lead || "–"}</td>
            <td class="num dim">{time(row.due_at)}</td>
            <td class="num dim">{time(row.finished_at)}</td>
            <td class="num dim">{time(row.closed_at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
