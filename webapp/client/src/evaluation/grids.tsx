/* The grids behind the patrol coverage. */
import { useState } from "preact/hooks";
import { api, type CountedGrid, type EvaluationFilter, type Indicator } from "../shared/api/index.ts";
import { gettext, ngettext } from "../shared/i18n.ts";
import { Button, Dialog, Empty, Mark, ProblemState, SkeletonRows } from "../shared/ui/index.ts";
import { usePages } from "../shared/usepages.ts";
import { countText } from "./figures.ts";

type Numbered = CountedGrid & { id: string };

interface Props {
  indicator: Indicator;
  filter: EvaluationFilter;
  /** The region, as the report has it; undefined: all of them. */
  group?: { key: string; label: string };
  onClose: () => void;
}

export function CountedGrids({ indicator, filter, group, onClose }: Props) {
  const [missed, setMissed] = useState(false);
  const [total, setTotal] = useState(0);
  const pages = usePages<Numbered>(`${missed}`, async (cursor) => {
    const page = await api.countedGrids({ ...filter, ...(group ? { key: group.key } : {}), missed, cursor });
    setTotal(page.total);
    return { rows: page.rows.map((row) => ({ ...row, id: row.code })), next: page.next };
  });
  return (
    <Dialog title={group ? `${group.label} · ${indicator.name}` : indicator.name} wide onClose={onClose}>
      <p class="small dim">{indicator.formula}</p>
      <div class="row wrap">
        <div class="seg" role="group" aria-label={gettext("Which of them")}>
          <button type="button" aria-pressed={!missed} onClick={() => setMissed(false)}>
            {indicator.of_label}
          </button>
          <button type="button" aria-pressed={missed} onClick={() => setMissed(true)}>
            {gettext("Missed at least once")}
          </button>
        </div>
        {pages.rows.length > 0 && <span class="small dim">{ngettext("%(count)s grid", "%(count)s grids", total)}</span>}
      </div>
      {pages.problem && pages.rows.length === 0 && <ProblemState title={gettext("The grids did not come")} problem={pages.problem} retry={pages.reload} />}
      {pages.loading && pages.rows.length === 0 && <SkeletonRows rows={6} columns={[120, 200, 120]} />}
      {!pages.loading && !pages.problem && pages.rows.length === 0 && <Empty title={gettext("There is none")} />}
      {pages.rows.length > 0 && <Rows rows={pages.rows} indicator={indicator} />}
      {pages.next !== null && (
        <div class="more">
          <Button busy={pages.loading} onClick={pages.more}>
            {gettext("Show more")}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

function Rows({ rows, indicator }: { rows: readonly Numbered[]; indicator: Indicator }) {
  return (
    <div class="register-rows" tabIndex={0} role="region" aria-label={indicator.name}>
      <table class="table register-table">
        <thead>
          <tr>
            <th scope="col">{gettext("Grid")}</th>
            <th scope="col">{gettext("Code")}</th>
            <th scope="col" class="num">
              {indicator.of_label}
            </th>
            <th scope="col" class="num">
              {indicator.hits_label}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <span class="row">
                  <Mark kind={row.visited < row.due ? "over" : "done"} /> {row.place}
                </span>
              </td>
              <td class="mono dim">{row.code}</td>
              <td class="num">{countText(row.due)}</td>
              <td class="num">{countText(row.visited)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
