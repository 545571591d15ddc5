/* The organisations that this administrator keeps: names, working hours, closing what is no longer there. */
import { useEffect, useState } from "preact/hooks";
import { asProblem } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Badge, Button, Dialog, Empty, Paged, toast } from "../shared/ui/index.ts";
import { CheckBox, Field, Select, TextInput } from "../shared/ui/fields.tsx";
import { type Pages, usePages } from "../shared/usepages.ts";
import { admin, type OrganisationCard, type OrganisationRow } from "./api.ts";
import type { ViewProps } from "./adminpage.tsx";
import { History } from "./effects.tsx";
import { AmendDialog, CloseDialog } from "./organisationforms.tsx";

type Chosen = { row: OrganisationRow; what: "amend" | "close" } | null;

export function OrganisationsView({ state, set }: ViewProps) {
  const { q, role: kind } = state;
  const closed = state.state === "all";
  const [total, setTotal] = useState(0);
  const [chosen, setChosen] = useState<Chosen>(null);
  const [shown, setShown] = useState<OrganisationCard | null>(null);
  const pages = usePages<OrganisationRow>(JSON.stringify([q, kind, closed]), async (cursor) => {
    const page = await admin.organisations({ q, kind, closed, cursor });
    setTotal(page.total);
    return page;
  });
  const done = (card: OrganisationCard): void => {
    pages.replace(card.row);
    toast(gettext("The organisation is saved"));
  };
  const show = (code: string): void => {
    admin.organisation(code).then(setShown, (thrown: unknown) => toast(asProblem(thrown).detail));
  };
  return (
    <>
      <Tools state={state} set={set} busy={pages.loading} total={pages.rows.length > 0 ? total : null} />
      <Rows pages={pages} onAll={() => set({ q: "", role: "" })} onChoose={setChosen} onShow={show} />
      {chosen?.what === "amend" && <AmendDialog row={chosen.row} onClose={() => setChosen(null)} onDone={done} />}
      {chosen?.what === "close" && <CloseDialog row={chosen.row} onClose={() => setChosen(null)} onDone={done} />}
      {shown && (
        <Dialog title={say("History of %(code)s", { code: shown.row.name })} icon="info" wide onClose={() => setShown(null)}>
          <History changes={shown.changes} />
        </Dialog>
      )}
    </>
  );
}

function Tools({ state, set, busy, total }: Pick<ViewProps, "state" | "set"> & { busy: boolean; total: number | null }) {
  const { q, role: kind } = state;
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  return (
    <form
      class="register-tools admin-tools"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        set({ q: typed.trim() });
      }}
    >
      <Field label={gettext("Find an organisation")} required>
        {(tie) => <TextInput tie={{ id: tie.id }} value={typed} maxLength={80} placeholder={gettext("Name, code or region")} onInput={setTyped} />}
      </Field>
      <Field label={gettext("Kind")} required>
        {(tie) => (
          <Select
            tie={{ id: tie.id }}
            value={kind}
            empty={gettext("All")}
            options={[
              { value: "centre", label: gettext("Command centre") },
              { value: "department", label: gettext("Department") },
              { value: "unit", label: gettext("Unit") },
            ]}
            onChange={(value) => set({ role: value })}
          />
        )}
      </Field>
      <CheckBox checked={state.state === "all"} onChange={(on) => set({ state: on ? "all" : "" })}>
        {gettext("Closed ones, too")}
      </CheckBox>
      <Button type="submit" icon="search" busy={busy}>
        {gettext("Search")}
      </Button>
      <span class="grow" />
      {total !== null && <span class="dim" role="status">{say("%(count)s organisations", { count: total })}</span>}
    </form>
  );
}

interface RowsProps {
  pages: Pages<OrganisationRow>;
  onAll: () => void;
  onChoose: (chosen: Chosen) => void;
  onShow: (code: string) => void;
}

function Rows({ pages, onAll, onChoose, onShow }: RowsProps) {
  const none = <Empty icon="filter" title={gettext("No organisation fits the filters")} actions={<Button onClick={onAll}>{gettext("Clear all filters")}</Button>} />;
  return (
    <Paged pages={pages} failed={gettext("The organisations did not come")} columns={[160, 90, 120]} none={none} label={gettext("Organisations")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th>{gettext("Organisation")}</th>
            <th>{gettext("Short name")}</th>
            <th>{gettext("Kind")}</th>
            <th>{gettext("Region")}</th>
            <th>{gettext("Hours worked")}</th>
            <th>
              <span class="unseen">{gettext("Actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {pages.rows.map((row) => (
            <tr key={row.id}>
              <td>
                <button type="button" class="linklike" onClick={() => onChoose({ row, what: "amend" })}>
                  {row.name}
                </button>{" "}
                {row.closed_at !== null && <Badge kind="wait">{gettext("closed down")}</Badge>}
              </td>
              <td>{row.short_name}</td>
              <td class="dim">
                {row.kind_label} {row.level_label}
              </td>
              <td class="dim">{row.region}</td>
              <td class="dim">{row.hours || gettext("the city's")}</td>
              <td class="num">
                <Button kind="quiet" label={say("History of %(code)s", { code: row.name })} onClick={() => onShow(row.code)}>
                  {gettext("History")}
                </Button>
                {row.kind !== "centre" && <CloseButton row={row} onChoose={onChoose} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Paged>
  );
}

function CloseButton({ row, onChoose }: { row: OrganisationRow; onChoose: (chosen: Chosen) => void }) {
  const words = row.closed_at === null ? gettext("Close down") : gettext("Open again");
  return (
    <Button kind="quiet" label={`${words} ${row.name}`} onClick={() => onChoose({ row, what: "close" })}>
      {words}
    </Button>
  );
}
