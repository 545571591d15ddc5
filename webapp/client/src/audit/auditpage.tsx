/* /audit: who did what, on what, from where, with what result. Only for auditors; nothing can be changed here. */
import { useEffect, useState } from "preact/hooks";
import { api, type AuditRow, type Me } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Page } from "../shared/page.tsx";
import { useNow } from "../shared/ticking.ts";
import { secondsText, whenText } from "../shared/time.ts";
import { Button, Empty, Icon, Mark, ProblemState, SkeletonRows, TextInput } from "../shared/ui/index.ts";
import { useUrlState } from "../shared/urlstate.ts";
import { type Pages, usePages } from "../shared/usepages.ts";

const DEFAULTS = { kind: "", subject: "", actor: "" };
type AuditState = typeof DEFAULTS;

export function AuditPage({ me }: { me: Me }) {
  const [state, set] = useUrlState(DEFAULTS);
  const pages = usePages(JSON.stringify(state), (cursor) => api.audit({ ...state, cursor }));
  return (
    <Page me={me} active="audit">
      <main class="register" id="main">
        <Filters state={state} set={set} busy={pages.loading} onAsk={pages.reload} />
        <Rows pages={pages} narrowed={Object.values(state).some(Boolean)} onAll={() => set(DEFAULTS)} />
      </main>
    </Page>
  );
}

function Filters({ state, set, busy, onAsk }: { state: AuditState; set: (patch: Partial<AuditState>) => void; busy: boolean; onAsk: () => void }) {
  const [typed, setTyped] = useState(state);
  useEffect(() => setTyped(state), [state]);
  const fields: { name: keyof AuditState; label: string }[] = [
    { name: "kind", label: gettext("Kind of thing") },
    { name: "subject", label: gettext("Number or name of it") },
    { name: "actor", label: gettext("Who") },
  ];
  return (
    <form
      class="register-tools"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (JSON.stringify(typed) === JSON.stringify(state)) onAsk();
        else set(typed);
      }}
    >
      <h1>{gettext("Audit")}</h1>
      <span class="grow" />
      {fields.map(({ name, label }) => (
        <TextInput key={name} class="audit-field" value={typed[name]} label={label} placeholder={label} maxLength={80} onInput={(value) => setTyped((old) => ({ ...old, [name]: value }))} />
      ))}
      <Button type="submit" icon="search" busy={busy}>
        {gettext("Search")}
      </Button>
    </form>
  );
}

function Rows({ pages, narrowed, onAll }: { pages: Pages<AuditRow>; narrowed: boolean; onAll: () => void }) {
  const now = useNow(60_000);
  if (pages.problem && pages.rows.length === 0) return <ProblemState title={gettext("The audit did not come")} problem={pages.problem} retry={pages.reload} />;
  if (pages.loading && pages.rows.length === 0) return <SkeletonRows rows={12} columns={[120, 90, 140]} />;
  if (pages.rows.length === 0) {
    return (
      <Empty icon={narrowed ? "filter" : "shield"} title={narrowed ? gettext("Nothing fits the filters") : gettext("Nothing was recorded yet")} actions={narrowed && <Button onClick={onAll}>{gettext("Clear all filters")}</Button>}>
        {narrowed ? gettext("The kind must be exact, for example: event.") : gettext("Every sign-in, view, export and change leaves a row here.")}
      </Empty>
    );
  }
  return (
    <div class="register-rows">
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
            <Line key={row.id} row={row} now={now} />
          ))}
        </tbody>
      </table>
      {pages.next !== null && (
        <div class="more">
          <Button busy={pages.loading} onClick={pages.more}>
            {gettext("Show more")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Line({ row, now }: { row: AuditRow; now: number }) {
  const [open, setOpen] = useState(false);
  const details = Object.keys(row.detail).length > 0;
  return (
    <>
      <tr>
        <td class="dim" title={row.at}>
          {whenText(row.at, now).split(" ").slice(0, -1).join(" ")} {secondsText(Date.parse(row.at))}
        </td>
        <td>
          {row.actor || "–"} <span class="dim">{row.organisation}</span>
        </td>
        <td class="mono">{row.action}</td>
        <td>
          <span class="dim">{row.subject_kind}</span> <Subject row={row} />
        </td>
        <td>
          <span class="row">
            {row.result !== "ok" && row.result !== "done" && <Mark kind="over" />} {row.result}
          </span>
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
  if (row.subject_kind !== "event" || !row.subject.startsWith("EV")) return <>{row.subject}</>;
  return (
    <a class="mono" href={`/events/${encodeURIComponent(row.subject)}`}>
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
