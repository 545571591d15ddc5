/* The grids behind the patrol coverage. */
import { useState } from "preact/hooks";
import { api, type CountedGrid, type EvaluationFilter, type Indicator } from "../shared/api/index.ts";
import { gettext, ngettext } from "../shared/i18n.ts";
import { Mark } from "../shared/ui/index.ts";
import { usePages } from "../shared/usepages.ts";
import { Behind, type BehindProps } from "./behind.tsx";
import { countText } from "./figures.ts";
import { Table } from "./table.tsx";

type Numbered = CountedGrid & { id: string };

type Props = BehindProps & { filter: EvaluationFilter };

export function CountedGrids({ filter, ...behind }: Props) {
  const { indicator, group } = behind;
  const [missed, setMissed] = useState(false);
  const [total, setTotal] = useState(0);
  const pages = usePages<Numbered>(`${missed}`, async (cursor) => {
    const page = await api.countedGrids({ ...filter, ...(group ? { key: group.key } : {}), missed, cursor });
    setTotal(page.total);
    return { rows: page.rows.map((row) => ({ ...row, id: row.code })), next: page.next };
  });
  return (
    <Behind
      {...behind}
      pages={pages}
      missed={missed}
      onMissed={setMissed}
      missedLabel={gettext("Missed at least once")}
      failed={gettext("The grids did not come")}
      label={indicator.name}
      beside={pages.rows.length > 0 && <span class="small dim">{ngettext("%(count)s grid", "%(count)s grids", total)}</span>}
    >
      <Rows rows={pages.rows} indicator={indicator} />
    </Behind>
  );
}

function Rows({ rows, indicator }: { rows: readonly Numbered[]; indicator: Indicator }) {
  return (
    <Table columns={[gettext("Grid"), gettext("Code"), indicator.of_label, indicator.hits_label]} numbers={[2, 3]}>
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
    </Table>
  );
}
