/* The bar under the list while rows are ticked: one step for all of them, and what became of each. */
import { useEffect, useState } from "preact/hooks";
import { type AllowedStep, api, asProblem, type BatchOutcome, desk } from "../shared/api/index.ts";
import { downloadSheets } from "../shared/api/download.ts";
import { gettext, ngettext, say } from "../shared/i18n.ts";
import { useKeys } from "../shared/keys.ts";
import { Button, FileButton, toast } from "../shared/ui/index.ts";
import { asks, batchSteps, itemsOf, MOST, told } from "./batch.ts";
import { BatchForm } from "./batchform.tsx";
import { BatchReport } from "./batchreport.tsx";
import type { WorkRow } from "./worklist.ts";

interface BatchProps {
  readonly rows: readonly WorkRow[];
  readonly blocked: string;
  readonly onClear: () => void;
  /** These were done; the others stay ticked. */
  readonly onDone: (done: readonly string[]) => void;
}

/** The steps of the first ticked event, labels included: the list itself only names codes. */
function useKnownSteps(no: string | undefined): readonly AllowedStep[] | null {
  const [known, setKnown] = useState<{ no: string; steps: readonly AllowedStep[] } | null>(null);
  useEffect(() => {
    if (no === undefined) return undefined;
    const abort = new AbortController();
    api.event(no, abort.signal).then(
      (card) => setKnown({ no, steps: card.allowed_steps }),
      () => undefined,
    );
    return () => abort.abort();
  }, [no]);
  return known && known.no === no ? known.steps : null;
}

export function BatchBar({ rows, blocked, onClear, onDone }: BatchProps) {
  const [running, setRunning] = useState("");
  const [form, setForm] = useState<AllowedStep | null>(null);
  const [report, setReport] = useState<{ step: AllowedStep; outcomes: readonly BatchOutcome[] } | null>(null);
  const known = useKnownSteps(rows[0]?.no);
  const steps = known ? batchSteps(rows, known) : [];
  const many = rows.length > MOST ? say("At most %(count)s at once: untick some.", { count: MOST }) : "";
  const hindered = blocked || many;
  const arrived = (step: AllowedStep, outcomes: readonly BatchOutcome[]): void => {
    const { done, others } = told(outcomes);
    if (done.length) toast(say("%(step)s done: %(count)s", { step: step.label, count: done.length }));
    if (others.length) setReport({ step, outcomes });
    onDone(done.map((one) => one.no));
  };
  const take = (step: AllowedStep): void => {
    if (running || hindered) return;
    const { organisation, text } = asks(step.step);
    if (organisation || text !== "no") {
      setForm(step);
      return;
    }
    setRunning(step.step);
    desk
      .batch(step.step, itemsOf(rows, null, ""), "")
      .then(({ outcomes }) => arrived(step, outcomes), (thrown: unknown) => toast(asProblem(thrown).detail, { kind: "over" }))
      .finally(() => setRunning(""));
  };
  const keys = [
    ...steps.flatMap((step) => (step.key ? [{ keys: step.key.toLowerCase(), label: say("%(step)s, all ticked", { step: step.label }), group: gettext("Ticked rows"), run: () => take(step) }] : [])),
    { keys: "Escape", label: gettext("Untick all"), group: gettext("Ticked rows"), run: onClear },
  ];
  useKeys(keys, rows.length > 0);
  /* What was ticked may leave the list while it is sent: its form and its report stay until they are closed. */
  return (
    <>
      {(rows.length > 0 || running !== "") && (
        <div class="batch" role="toolbar" aria-label={gettext("Ticked rows")}>
          <span class="strong">{ngettext("%(count)s ticked", "%(count)s ticked", rows.length)}</span>
          <span class="dim small grow cut" role="status">
            {hindered || (running ? gettext("Under way") : whatFits(rows, known, steps))}
          </span>
          {steps.map((step, at) => (
            <Button key={step.step} {...(at === 0 ? { kind: "primary" as const } : {})} kbd={step.key} busy={running === step.step} disabled={running !== "" || hindered !== ""} onClick={() => take(step)}>
              {step.label}
            </Button>
          ))}
          <FileButton title={many || gettext("Handling sheets as one PDF, at most 50")} disabled={many !== ""} fetchFile={() => downloadSheets({ events: rows.map((row) => row.no) })}>
            PDF
          </FileButton>
          <Button kind="quiet" kbd="Esc" onClick={onClear}>
            {gettext("Untick all")}
          </Button>
        </div>
      )}
      {form && <BatchForm key={form.step} step={form} rows={rows} onClose={() => setForm(null)} onSent={(outcomes) => arrived(form, outcomes)} />}
      {report && <BatchReport label={report.step.label} outcomes={report.outcomes} onClose={() => setReport(null)} />}
    </>
  );
}

function whatFits(rows: readonly WorkRow[], known: readonly AllowedStep[] | null, steps: readonly AllowedStep[]): string {
  if (known === null) return gettext("Looking up what can be done together");
  if (steps.length === 0) return gettext("No step fits all of them at once: open them one by one.");
  const states = new Set(rows.map((row) => row.state_label));
  return states.size === 1 ? say("All are %(state)s and can be done together", { state: [...states][0] ?? "" }) : gettext("These can be done together");
}
