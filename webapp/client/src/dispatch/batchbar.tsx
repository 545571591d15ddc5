/* The bar under the list while rows are ticked. */
import { useEffect, useState } from "preact/hooks";
import { type AllowedStep, api, type EventCard } from "../shared/api/index.ts";
import { downloadSheets } from "../shared/api/download.ts";
import { gettext, ngettext, say } from "../shared/i18n.ts";
import { useKeys } from "../shared/keys.ts";
import { Button, FileButton, toast } from "../shared/ui/index.ts";
import { batchSteps, type Outcome, takeAll } from "./batch.ts";
import type { WorkRow } from "./worklist.ts";

interface BatchProps {
  readonly rows: readonly WorkRow[];
  readonly blocked: string;
  readonly onClear: () => void;
  readonly onDone: (cards: readonly EventCard[]) => void;
}

/** The steps of the first ticked event, labels and fields included: the list itself only names codes. */
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
  const [running, setRunning] = useState<{ step: string; done: number } | null>(null);
  const known = useKnownSteps(rows[0]?.no);
  const steps = known ? batchSteps(rows, known) : [];
  const take = async (step: AllowedStep): Promise<void> => {
    if (running || blocked) return;
    setRunning({ step: step.step, done: 0 });
    const outcome = await takeAll(rows, step.step, (done) => setRunning({ step: step.step, done }));
    setRunning(null);
    tell(step, outcome);
    onDone([...outcome.done, ...outcome.refused.flatMap((one) => one.now ?? [])]);
  };
  useKeys([
    ...steps.flatMap((step) => (step.key ? [{ keys: step.key.toLowerCase(), label: say("%(step)s, all ticked", { step: step.label }), group: gettext("Ticked rows"), run: () => void take(step) }] : [])),
    { keys: "Escape", label: gettext("Untick all"), group: gettext("Ticked rows"), run: onClear },
  ]);
  return (
    <div class="batch" role="toolbar" aria-label={gettext("Ticked rows")}>
      <span class="strong">{ngettext("%(count)s ticked", "%(count)s ticked", rows.length)}</span>
      <span class="dim small grow cut" role="status">
        {blocked || (running ? say("%(done)s of %(total)s done", { done: running.done, total: rows.length }) : whatFits(rows, known, steps))}
      </span>
      {steps.map((step, at) => (
        <Button key={step.step} {...(at === 0 ? { kind: "primary" as const } : {})} kbd={step.key} busy={running?.step === step.step} disabled={running !== null || blocked !== ""} onClick={() => void take(step)}>
          {step.label}
        </Button>
      ))}
      <FileButton title={gettext("Handling sheets as one PDF, at most 50")} fetchFile={() => downloadSheets({ events: rows.map((row) => row.no) })}>
        PDF
      </FileButton>
      <Button kind="quiet" kbd="Esc" onClick={onClear}>
        {gettext("Untick all")}
      </Button>
    </div>
  );
}

function whatFits(rows: readonly WorkRow[], known: readonly AllowedStep[] | null, steps: readonly AllowedStep[]): string {
  if (known === null) return gettext("Looking up what can be done together");
  if (steps.length === 0) return gettext("No step fits all of them without asking for something: open them one by one.");
  const states = new Set(rows.map((row) => row.state_label));
  return states.size === 1 ? say("All are %(state)s and can be done together", { state: [...states][0] ?? "" }) : gettext("These can be done together");
}

function tell(step: AllowedStep, { done, refused }: Outcome): void {
  if (done.length) toast(say("%(step)s done: %(count)s", { step: step.label, count: done.length }));
  for (const { no, problem } of refused) {
    toast(say("%(no)s, not done: %(why)s", { no, why: problem.detail }), {
      kind: "over",
      action: { label: gettext("See"), run: () => location.assign(`/events/${encodeURIComponent(no)}`) },
    });
  }
}
