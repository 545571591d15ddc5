/* The working calendar of a year: the days that are not as their weekday says, and changing one. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { type ApiProblem, asProblem } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Badge, Button, Empty, Note, Panel, ProblemState, SkeletonRows, toast } from "../shared/ui/index.ts";
import { Field, Select, TextInput } from "../shared/ui/fields.tsx";
import { admin, type CalendarYear, type DayRow, type EditedDay } from "./api.ts";
import type { ViewProps } from "./adminpage.tsx";
import { History, SaveDialog } from "./effects.tsx";
import { error } from "./newaccount.tsx";

export function CalendarView({ state, set }: ViewProps) {
  const [found, setFound] = useState<CalendarYear | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [editing, setEditing] = useState<DayRow | "new" | null>(null);
  const load = useCallback(async (): Promise<CalendarYear | null> => {
    try {
      const year = await admin.year(state.year);
      setFound(year);
      setProblem(null);
      return year;
    } catch (thrown) {
      setProblem(asProblem(thrown));
      return null;
    }
  }, [state.year]);
  useEffect(() => void load(), [load]);
  if (problem) return <ProblemState title={gettext("The calendar did not come")} problem={problem} retry={() => void load()} />;
  if (found === null) return <SkeletonRows rows={10} columns={[90, 60, 120]} />;
  const years = [...new Set([...found.years, found.year])].sort((one, other) => one - other);
  const known = found.years.includes(found.year);
  return (
    <>
      <div class="register-tools admin-tools">
        <Field label={gettext("Year")} required>
          {(tie) => <Select tie={{ id: tie.id }} value={String(found.year)} options={years.map((year) => ({ value: String(year), label: String(year) }))} onChange={(year) => set({ year })} />}
        </Field>
        <p class="dim small">{gettext("Monday to Friday are worked, but for these days. A whole year comes by command.")}</p>
        <span class="grow" />
        {known && (
          <Button kind="primary" icon="plus" onClick={() => setEditing("new")}>
            {gettext("Change a day")}
          </Button>
        )}
      </div>
      {!known && <Note kind="near">{say("The holidays of %(year)s are not loaded: Monday to Friday count as working days.", { year: found.year })}</Note>}
      <div class="admin-sides">
        <Days days={found.days} onEdit={setEditing} />
        <Panel title={gettext("What was changed")}>
          <History changes={found.changes} />
        </Panel>
      </div>
      {editing && (
        <DayDialog
          day={editing === "new" ? null : editing}
          year={found}
          onClose={() => setEditing(null)}
          onDone={(year) => {
            setFound(year);
            toast(gettext("The day is saved"));
          }}
          again={load}
        />
      )}
    </>
  );
}

function Days({ days, onEdit }: { days: DayRow[]; onEdit: (day: DayRow) => void }) {
  if (days.length === 0) return <Empty icon="clock" title={gettext("No day is known that differs from its weekday")} />;
  const weekday = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" });
  return (
    <div class="register-rows" tabIndex={0} role="region" aria-label={gettext("Days")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th>{gettext("Date")}</th>
            <th>{gettext("Weekday")}</th>
            <th>{gettext("Kind of day")}</th>
            <th>{gettext("Why")}</th>
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.id}>
              <td>
                <button type="button" class="linklike num" onClick={() => onEdit(day)}>
                  {day.date}
                </button>
              </td>
              <td class="dim">{weekday.format(new Date(`${day.date}T00:00:00Z`))}</td>
              <td>{day.working ? <Badge kind="normal">{gettext("Working day")}</Badge> : <Badge>{gettext("Day off")}</Badge>}</td>
              <td>{day.name}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface DayProps {
  day: DayRow | null;
  year: CalendarYear;
  onClose: () => void;
  onDone: (year: CalendarYear) => void;
  again: () => Promise<CalendarYear | null>;
}

function DayDialog({ day, year, onClose, onDone, again }: DayProps) {
  const [date, setDate] = useState(day?.date ?? "");
  const [form, setForm] = useState<EditedDay>({ kind: day ? (day.working ? "work" : "rest") : "rest", name: day?.name ?? "" });
  const [version, setVersion] = useState(year.version);
  const whole = /^\d{4}-\d{2}-\d{2}$/u.test(date) && (form.kind === "usual" || form.name.trim() !== "");
  const put = (patch: Partial<EditedDay>): void => setForm((old) => ({ ...old, ...patch }));
  return (
    <SaveDialog
      title={gettext("Change a day")}
      icon="clock"
      action={gettext("Save")}
      question={whole ? JSON.stringify([date, form]) : ""}
      ask={() => admin.previewDay(date, form)}
      save={async () => onDone(await admin.setDay(date, { ...form, version }))}
      again={async () => setVersion((await again())?.version ?? version)}
      onClose={onClose}
    >
      {(wrong) => (
        <>
          <Field label={gettext("Date")} required {...error(wrong("day"))}>
            {(tie) => <input {...tie} class="input" type="date" min={`${year.year}-01-01`} max={`${year.year}-12-31`} value={date} onInput={(event) => setDate(event.currentTarget.value)} />}
          </Field>
          <Field label={gettext("Kind of day")} required {...error(wrong("kind"))}>
            {(tie) => (
              <Select
                tie={tie}
                value={form.kind}
                options={[
                  { value: "work", label: gettext("Working day") },
                  { value: "rest", label: gettext("Day off") },
                  { value: "usual", label: gettext("As its weekday says") },
                ]}
                onChange={(kind) => put({ kind })}
              />
            )}
          </Field>
          {form.kind !== "usual" && (
            <Field label={gettext("Why")} required help={gettext("The holiday that it belongs to.")} {...error(wrong("name"))}>
              {(tie) => <TextInput tie={tie} value={form.name} maxLength={20} onInput={(name) => put({ name })} />}
            </Field>
          )}
        </>
      )}
    </SaveDialog>
  );
}
