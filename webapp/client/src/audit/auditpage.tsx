/* /audit: who did what, on what, from where, with what result. Only for auditors; nothing can be changed here. */
import { useEffect, useState } from "preact/hooks";
import { api, type AuditPage as AuditPageOf, type AuditRow, type Me } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Page } from "../shared/page.tsx";
import { fullTimeText } from "../shared/time.ts";
import { Button, Empty, Icon, Mark, Paged } from "../shared/ui/index.ts";
import { Field, Select, TextInput, type Tie } from "../shared/ui/fields.tsx";
import { useUrlState } from "../shared/urlstate.ts";
import { type Pages, usePages } from "../shared/usepages.ts";
import { eventPage } from "../shared/eventpage.ts";

const DEFAULTS = { since: "", until: "", action: "", kind: "", subject: "", actor: "" };
type AuditState = typeof DEFAULTS;

/** What one may ask for by its code; known once an answer came, and kept while the next one is on its way. */
type Codes = Pick<AuditPageOf, "actions" | "kinds">;

export function AuditPage({ me }: { me: Me }) {
  const [state, set] = useUrlState(DEFAULTS);
  const [codes, setCodes] = useState<Codes>({ actions: [], kinds: [] });
  const ask = async (cursor: string): Promise<AuditPageOf> => {
    const page = await api.audit({ ...state, cursor });
    setCodes((old) => (old.actions.length ? old : page));
    return page;
  };
  const pages = usePages(JSON.stringify(state), ask);
  return (
    <Page me={me} active="audit">
      <main class="register" id="main">
        <Filters state={state} set={set} codes={codes} busy={pages.loading} onAsk={pages.reload} />
        <Rows pages={pages} narrowed={Object.values(state).some(Boolean)} onAll={() => set(DEFAULTS)} />
      </main>
    </Page>
  );
}

interface FilterProps {
  state: AuditState;
  set: (patch: Partial<AuditState>) => void;
  codes: Codes;
  busy: boolean;
  onAsk: () => void;
}

function Filters({ state, set, codes, busy, onAsk }: FilterProps) {
  const [typed, setTyped] = useState(state);
  useEffect(() => setTyped(state), [state]);
  const put = (patch: Partial<AuditState>): void => setTyped((old) => ({ ...old, ...patch }));
  return (
    <form
      class="register-tools audit-tools"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (JSON.stringify(typed) === JSON.stringify(state)) onAsk();
        else set(typed);
      }}
    >
      <h1>{gettext("Audit")}</h1>
      <span class="grow" />
      <Field label={gettext("From day")} required>
        {(tie) => <input {...day(tie)} max={typed.until} value={typed.since} onInput={(event) => put({ since: event.currentTarget.value })} />}
      </Field>
      <Field label={gettext("To day")} required>
        {(tie) => <input {...day(tie)} min={typed.since} value={typed.until} onInput={(event) => put({ until: event.currentTarget.value })} />}
      </Field>
      <div class="audit-action">
        <Field label={gettext("Action")} required>
          {(tie) => <Select tie={plain(tie)} value={typed.action} options={codes.actions} empty={gettext("All")} onChange={(action) => put({ action })} />}
        </Field>
      </div>
      <Field label={gettext("Kind of thing")} required>
        {(tie) => <Select tie={plain(tie)} value={typed.kind} options={codes.kinds} empty={gettext("All")} onChange={(kind) => put({ kind })} />}
      </Field>
      <Field label={gettext("Number or name of it")} required>
        {(tie) => <TextInput tie={plain(tie)} value={typed.subject} maxLength={80} onInput={(subject) => put({ subject })} />}
      </Field>
      <Field label={gettext("Account name")} required>
        {(tie) => <TextInput tie={plain(tie)} value={typed.actor} maxLength={64} onInput={(actor) => put({ actor })} />}
      </Field>
      <Button type="submit" icon="search" busy={busy}>
        {gettext("Search")}
      </Button>
    </form>
  );
}

/** A filter may always stay empty: it needs no word for that, and must not claim to be required. */
function plain(tie: Tie): Tie {
  return { id: tie.id };
}

function day(tie: Tie): { id: string; class: string; type: "date" } {
  return { id: tie.id, class: "input", type: "date" };
}

function Rows({ pages, narrowed, onAll }: { pages: Pages<AuditRow>; narrowed: boolean; onAll: () => void }) {
  const none = (
    <Empty icon={narrowed ? "filter" : "shield"} title={narrowed ? gettext("Nothing fits the filters") : gettext("Nothing was recorded yet")} actions={narrowed && <Button onClick={onAll}>{gettext("Clear all filters")}</Button>}>
      {narrowed ? gettext("Number and account name must be exact.") : gettext("Every sign-in, view, export and change leaves a row here.")}
    </Empty>
  );
  return (
    <Paged pages={pages} failed={gettext("The audit did not come")} columns={[120, 90, 140]} none={none} label={gettext("Audit")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th>{gettext("When")}</th>
            <th>{gettext("Who")}</th>
            <th>{gettext("Action")}</th>
            <th>{gettext("On what")}</th>
            <th>{gettext("Result")}</th>
            <th>{gettext("From")}</th>
            <th>{gettext("Details")}</th>
          </tr>
        </thead>
        <tbody>
          {pages.rows.map((row) => (
            <Line key={row.id} row={row} />
          ))}
        </tbody>
      </table>
    </Paged>
  );
}

function Line({ row }: { row: AuditRow }) {
  const [open, setOpen] = useState(false);
  const details = Object.keys(row.detail).length > 0;
  return (
    <>
      <tr>
        <td class="dim nobreak" title={row.at}>
          {fullTimeText(row.at)}
        </td>
        <td>
          {row.actor} <span class="dim">{row.organisation}</span>
        </td>
        <td>
          {row.action_label}
          <span class="code">{row.action}</span>
        </td>
        <td>
          <span class="dim">{row.subject_label}</span> <Subject row={row} />
        </td>
        <td>
          <span class="row">
            {row.result !== "ok" && <Mark kind="over" />} {row.result_label}
          </span>
          <span class="code">{row.result}</span>
        </td>
        <td class="mono dim">{row.address}</td>
        <td>
          {details && (
            <Button kind="quiet" expanded={open} onClick={() => setOpen(!open)}>
              <Icon name="right" turn={open ? 90 : 0} />
              {gettext("Details")}
            </Button>
          )}
        </td>
      </tr>
      {open && (
        <tr class="attempts-row">
          <td colSpan={7}>
            <dl class="pairs small">
              {Object.entries(row.detail).map(([name, value]) => (
                <Detail key={name} name={name} value={typeof value === "string" ? value : JSON.stringify(value)} />
              ))}
            </dl>
          </td>
        </tr>
      )}
    </>
  );
}

function Subject({ row }: { row: AuditRow }) {
  if (/^[0-9a-f-]{16,}$/.test(row.subject)) return <span class="hash">{row.subject}</span>;
  if (row.subject_kind !== "event" || !row.subject.startsWith("EV")) return <>{row.subject}</>;
  return (
    <a class="mono" href={eventPage(row.subject)}>
      {row.subject}
    </a>
  );
}

function Detail({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
