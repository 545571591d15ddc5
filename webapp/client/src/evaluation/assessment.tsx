/* The yearly self-assessment: what is counted stands there, the rest is entered by hand with what shows it. */
import { useEffect, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type Assessment, type AssessmentRow, withQuery } from "../shared/api/index.ts";
import { keep } from "../shared/api/download.ts";
import { gettext, say } from "../shared/i18n.ts";
import { fullTimeText } from "../shared/time.ts";
import { Badge, Button, Dialog, FileButton, ProblemState, SkeletonRows, toast } from "../shared/ui/index.ts";
import { Field, TextArea, TextInput } from "../shared/ui/fields.tsx";

export function AssessmentForm({ year, region, setYear }: { year: number; region: string; setYear: (year: number) => void }) {
  const [form, setForm] = useState<Assessment | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [entering, setEntering] = useState<AssessmentRow | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    setProblem(null);
    api.assessment(year, region).then(
      (found) => !gone && setForm(found),
      (thrown: unknown) => !gone && setProblem(asProblem(thrown)),
    );
    return () => {
      gone = true;
    };
  }, [year, region, turn]);
  return (
    <>
      <div class="register-tools">
        <span class="stepper">
          <Button kind="quiet" icon="left" label={gettext("The year before")} onClick={() => setYear(year - 1)} />
          <strong class="period-name">{say("Year %(year)s", { year })}</strong>
          <Button kind="quiet" icon="right" label={gettext("The year after")} onClick={() => setYear(year + 1)} />
        </span>
        <span class="grow" />
        <FileButton fetchFile={() => keep(withQuery(`assessments/${year}/export`, { region: region || undefined }), { method: "GET" })}>
          {gettext("Spreadsheet")}
        </FileButton>
        <FileButton fetchFile={() => keep(withQuery(`assessments/${year}/paper`, { region: region || undefined }), { method: "GET" })}>
          {gettext("PDF")}
        </FileButton>
      </div>
      {problem && <ProblemState title={gettext("The self-assessment did not come")} problem={problem} retry={() => setTurn((old) => old + 1)} />}
      {!form && !problem && <SkeletonRows rows={12} columns={[100, 140, 180]} />}
      {form && !problem && <Table form={form} onEnter={setEntering} />}
      {entering && (
        <Enter
          row={entering}
          year={year}
          region={region}
          onClose={() => setEntering(null)}
          onDone={(done) => {
            setForm(done);
            setEntering(null);
            toast(gettext("Entered"));
          }}
        />
      )}
    </>
  );
}

function Table({ form, onEnter }: { form: Assessment; onEnter: (row: AssessmentRow) => void }) {
  const heads = [gettext("First level"), gettext("Second level"), gettext("Third level"), gettext("Weight"), gettext("Target"), gettext("Actual"), gettext("Score"), gettext("Where from"), gettext("Evidence, and reason for falling short")];
  return (
    <section class="panel">
      <div class="panel-head">
        <h2 class="panel-title">
          {form.region_label} {form.title}
        </h2>
        <span class="grow" />
        <strong>{say("Score %(score)s of %(weights)s", { score: form.score, weights: form.weights })}</strong>
        {form.missing > 0 && <Badge kind="wait">{say("%(missing)s rows wait for a figure", { missing: form.missing })}</Badge>}
      </div>
      <div class="groups-rows" tabIndex={0} role="region" aria-label={form.title}>
        <table class="table form-table">
          <thead>
            <tr>
              {heads.map((head, index) => (
                <th key={head} scope="col" class={index >= 3 && index <= 6 ? "num" : ""}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {form.rows.map((row) => (
              <Line key={row.code} row={row} mayEnter={form.may_enter} onEnter={onEnter} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const ORIGINS: Record<AssessmentRow["origin"], () => string> = {
  journal: () => gettext("Counted from the journal"),
  register: () => gettext("Counted from the register"),
  hand: () => gettext("Entered by hand"),
};

function Line({ row, mayEnter, onEnter }: { row: AssessmentRow; mayEnter: boolean; onEnter: (row: AssessmentRow) => void }) {
  return (
    <tr>
      <td>{row.first}</td>
      <td>{row.second}</td>
      <td>{row.third}</td>
      <td class="num">{row.weight}</td>
      <td class="num">
        {row.target} {row.unit}
      </td>
      <td class="num">{row.actual === null ? "–" : `${row.actual} ${row.unit}`}</td>
      <td class="num strong">{row.score ?? "–"}</td>
      <td>
        <span class="row wrap">
          <Badge {...(row.origin === "hand" ? { kind: "near" as const } : {})}>{ORIGINS[row.origin]()}</Badge>
          {row.origin === "hand" && mayEnter && (
            <Button kind="quiet" icon="pen" onClick={() => onEnter(row)}>
              {row.actual === null ? gettext("Enter") : gettext("Correct")}
              <span class="unseen"> {row.third}</span>
            </Button>
          )}
        </span>
      </td>
      <td class="form-words">
        {row.evidence}
        {row.reason && <span class="block dim">{row.reason}</span>}
        {row.entered_at && <span class="block small dim">{`${row.entered_by}, ${fullTimeText(row.entered_at)}`}</span>}
      </td>
    </tr>
  );
}

interface EnterProps {
  row: AssessmentRow;
  year: number;
  region: string;
  onClose: () => void;
  onDone: (form: Assessment) => void;
}

function Enter({ row, year, region, onClose, onDone }: EnterProps) {
  const [typed, setTyped] = useState({ actual: row.actual ?? "", evidence: row.evidence, reason: row.reason });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const put = (patch: Partial<typeof typed>): void => setTyped((old) => ({ ...old, ...patch }));
  const send = (event: Event): void => {
    event.preventDefault();
    setBusy(true);
    api.enterFigure(year, row.code, { ...typed, actual: typed.actual.trim(), region }).then(onDone, (thrown: unknown) => {
      setProblem(asProblem(thrown));
      setBusy(false);
    });
  };
  const errors = Object.fromEntries((problem?.errors ?? []).map((one) => [one.field.split(".").pop() ?? "", one.message]));
  return (
    <Dialog title={row.third} onClose={onClose}>
      <form class="stack" onSubmit={send}>
        <Field label={say("Actual figure (%(unit)s), target %(target)s", { unit: row.unit, target: row.target })} required {...(errors["actual"] ? { error: errors["actual"] } : {})}>
          {(tie) => <TextInput tie={tie} value={typed.actual} maxLength={15} inputMode="numeric" onInput={(actual) => put({ actual })} />}
        </Field>
        <Field label={gettext("Evidence")} required help={gettext("The document that shows it, and its number.")} {...(errors["evidence"] ? { error: errors["evidence"] } : {})}>
          {(tie) => <TextArea tie={tie} value={typed.evidence} maxLength={1000} onInput={(evidence) => put({ evidence })} />}
        </Field>
        <Field label={gettext("Reason for falling short")}>{(tie) => <TextArea tie={tie} value={typed.reason} maxLength={1000} onInput={(reason) => put({ reason })} />}</Field>
        {problem && Object.keys(errors).length === 0 && <p class="field-error" role="alert">{problem.detail}</p>}
        <div class="row">
          <Button kind="primary" type="submit" busy={busy}>
            {gettext("Enter the figure")}
          </Button>
          <Button onClick={onClose}>{gettext("Cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
