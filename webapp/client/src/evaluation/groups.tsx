/* The breakdown: a line for each region, organisation or category, ranked where there is enough to rank. */
import { useState } from "preact/hooks";
import type { Evaluation, EvaluationGroup } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { cls, Icon } from "../shared/ui/index.ts";
import { countText, percentText } from "./figures.ts";

type Order = { code: string; down: boolean };

/** By a rate, those that are not ranked after those that are; without a code as they came. */
export function sorted(groups: readonly EvaluationGroup[], { code, down }: Order): EvaluationGroup[] {
  if (code === "") return [...groups];
  const place = (group: EvaluationGroup): number => group.values[code]?.rank ?? Number.MAX_SAFE_INTEGER;
  return [...groups].sort((a, b) => {
    const [one, other] = [place(a), place(b)];
    if (one === other) return 0;
    if (one === Number.MAX_SAFE_INTEGER || other === Number.MAX_SAFE_INTEGER) return one - other;
    return down ? other - one : one - other;
  });
}

export function Groups({ report, onOpen }: { report: Evaluation; onOpen: (code: string, key: string) => void }) {
  const [order, setOrder] = useState<Order>({ code: "closure_on_time", down: false });
  const label = report.breakdowns.find((one) => one.value === report.by)?.label ?? "";
  const unsplit = report.indicators.filter((one) => one.not_by !== "");
  const columns = report.indicators.filter((one) => one.not_by === "");
  const turn = (code: string): void => setOrder((old) => ({ code, down: old.code === code && !old.down }));
  return (
    <section class="panel">
      <div class="panel-head">
        <h2 class="panel-title">{say("By %(what)s", { what: label })}</h2>
        <span class="grow" />
        <span class="small dim">{gettext("Fewer than 20: grey, and not ranked")}</span>
      </div>
      <div class="groups-rows" tabIndex={0} role="region" aria-label={say("By %(what)s", { what: label })}>
        <table class="table groups-table">
          <thead>
            <tr>
              <th scope="col">{label}</th>
              {columns.map((one) => (
                <th key={one.code} scope="col" class="num" aria-sort={sortOf(order, one.code)}>
                  <button type="button" class="btn btn-link" title={one.formula} onClick={() => turn(one.code)}>
                    {one.name}
                    {order.code === one.code && <Icon name="up" turn={order.down ? 0 : 180} />}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted(report.groups, order).map((group) => (
              <tr key={group.key}>
                <th scope="row">{group.label}</th>
                {columns.map((one) => (
                  <Cell key={one.code} group={group} code={one.code} name={one.name} onOpen={onOpen} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {unsplit.map((one) => (
        <p key={one.code} class="groups-note small dim">{`${one.name}: ${one.not_by}`}</p>
      ))}
    </section>
  );
}

function sortOf(order: Order, code: string): "ascending" | "descending" | "none" {
  if (order.code !== code) return "none";
  return order.down ? "ascending" : "descending";
}

function Cell({ group, code, name, onOpen }: { group: EvaluationGroup; code: string; name: string; onOpen: (code: string, key: string) => void }) {
  const value = group.values[code];
  if (value === undefined || value.of === 0) return <td class="num faint">–</td>;
  return (
    <td class={cls("num", !value.firm && "is-few")}>
      <button type="button" class="btn btn-link" onClick={() => onOpen(code, group.key)} title={`${group.label} · ${name}`}>
        {percentText(value)}
      </button>
      <span class="cell-count">
        {countText(value.hits)}/{countText(value.of)}
        {value.rank !== null && <span class="cell-rank">{say("no. %(rank)s", { rank: value.rank })}</span>}
      </span>
    </td>
  );
}
