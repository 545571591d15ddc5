/* The rules as a list, with filters and search. */
import { useEffect, useState } from "preact/hooks";
import { api, type RuleRow } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Badge, Button, Empty, Paged } from "../shared/ui/index.ts";
import { CheckBox, Field, TextInput } from "../shared/ui/fields.tsx";
import { usePages } from "../shared/usepages.ts";
import { CategorySelect, RegionSelect } from "./filters.tsx";
import type { ViewProps } from "./rulespage.tsx";

const NOTHING = { q: "", category: "", region: "", ground: "", force: "" };

export function ListView({ state, set, categories, regions }: ViewProps) {
  const { q, category, region, ground, force } = state;
  const [total, setTotal] = useState(0);
  const pages = usePages<RuleRow>(JSON.stringify([q, category, region, ground, force]), async (cursor) => {
    const page = await api.rules({ q, category, region, ground, in_force: force === "1", cursor });
    setTotal(page.total);
    return page;
  });
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  return (
    <>
      <form
        class="register-tools rules-tools"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          set({ q: typed.trim() });
        }}
      >
        <Field label={gettext("Find a rule")} required>
          {(tie) => <TextInput tie={{ id: tie.id }} class="rules-find" value={typed} maxLength={80} placeholder={gettext("Number, organisation, place, category")} onInput={setTyped} />}
        </Field>
        <CategorySelect categories={categories} value={category} onChange={(value) => set({ category: value })} />
        <RegionSelect regions={regions} value={region} onChange={(value) => set({ region: value })} />
        <Field label={gettext("Ground")} required>
          {(tie) => (
            <select id={tie.id} class="input" value={ground} onChange={(event) => set({ ground: event.currentTarget.value })}>
              <option value="">{gettext("All")}</option>
              <option value="region">{gettext("Regions")}</option>
              <option value="area">{gettext("Areas of their own")}</option>
            </select>
          )}
        </Field>
        <CheckBox checked={force === "1"} onChange={(on) => set({ force: on ? "1" : "" })}>
          {gettext("In force today")}
        </CheckBox>
        <Button type="submit" icon="search" busy={pages.loading}>
          {gettext("Search")}
        </Button>
        <span class="grow" />
        {pages.rows.length > 0 && <span class="dim" role="status">{say("%(count)s rules", { count: total })}</span>}
      </form>
      <Rows pages={pages} narrowed={q + category + region + ground !== ""} onAll={() => set(NOTHING)} />
    </>
  );
}

function Rows({ pages, narrowed, onAll }: { pages: ReturnType<typeof usePages<RuleRow>>; narrowed: boolean; onAll: () => void }) {
  const none = narrowed ? (
    <Empty icon="filter" title={gettext("No rule fits the filters")} actions={<Button onClick={onAll}>{gettext("Clear all filters")}</Button>} />
  ) : (
    <Empty icon="shield" title={gettext("There are no rules yet")}>{gettext("The administrator loads them from a table; until then nothing is suggested.")}</Empty>
  );
  return (
    <Paged pages={pages} failed={gettext("The rules did not come")} columns={[40, 160, 120]} none={none} label={gettext("Rules")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th class="num">{gettext("No.")}</th>
            <th>{gettext("Category")}</th>
            <th>{gettext("Where")}</th>
            <th>{gettext("Centre's level")}</th>
            <th>{gettext("Leads")}</th>
            <th>{gettext("Helps")}</th>
            <th>{gettext("Holds")}</th>
            <th>{gettext("Remark")}</th>
          </tr>
        </thead>
        <tbody>
          {pages.rows.map((row) => (
            <tr key={row.id}>
              <td class="num mono">{row.id}</td>
              <td>{row.category_name}</td>
              <td>
                {row.place} {row.area_label && <Badge>{row.area_label}</Badge>}
              </td>
              <td class="dim">{row.level_labels.length > 0 ? row.level_labels.join("、") : gettext("any level")}</td>
              <td>{row.lead}</td>
              <td class="dim">{row.joint.join("、")}</td>
              <td class="dim">
                {row.until === null ? say("from %(since)s", { since: row.since }) : say("%(since)s to %(until)s", { since: row.since, until: row.until })} {!row.in_force && <Badge kind="wait">{gettext("not today")}</Badge>}
              </td>
              <td class="dim rules-words">{row.remark}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Paged>
  );
}
