/* What a step asks for once, for all ticked rows: whom they go to, and words. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type AllowedStep, asProblem, type BatchOutcome, type BatchPlan, desk } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Field, FieldError, TextArea, TextInput } from "../shared/ui/index.ts";
import { AskDialog } from "./askdialog.tsx";
import { asks, EACH, itemsOf, shares } from "./batch.ts";
import type { WorkRow } from "./worklist.ts";

interface BatchFormProps {
  readonly step: AllowedStep;
  readonly rows: readonly WorkRow[];
  readonly onClose: () => void;
  readonly onSent: (outcomes: readonly BatchOutcome[]) => void;
}

export function BatchForm({ step, rows, onClose, onSent }: BatchFormProps) {
  const asked = asks(step.step);
  const [shown] = useState(rows); /* what was ticked when it was opened, and the versions that were seen */
  const [plan, setPlan] = useState<BatchPlan | null>(null);
  const [receiver, setReceiver] = useState("");
  const [text, setText] = useState("");
  const [failed, setFailed] = useState("");
  useEffect(() => {
    if (!asked.organisation) return;
    desk.planBatch(step.step, shown.map((row) => row.no)).then(
      (found) => {
        setPlan(found);
        if (found.suggested.some((one) => one.organisation !== null)) setReceiver(EACH);
      },
      (thrown: unknown) => setFailed(asProblem(thrown).detail),
    );
  }, [asked.organisation, step.step, shown]);
  const send = async (): Promise<void> => {
    const events = itemsOf(shown, plan, receiver);
    const { outcomes } = await desk.batch(step.step, events, text);
    onSent(outcomes);
  };
  const few = plan && receiver === EACH ? shown.length - itemsOf(shown, plan, receiver).length : 0;
  return (
    <AskDialog
      title={say("%(step)s: %(count)s events", { step: step.label, count: shown.length })}
      icon="list"
      action={step.label}
      send={send}
      onClose={onClose}
      blocked={(asked.organisation && receiver === "") || (asked.text === "must" && text.trim() === "")}
    >
      {(wrong) => (
        <>
          {asked.organisation && (failed ? <FieldError>{failed}</FieldError> : <Receivers plan={plan} rows={shown} value={receiver} onChange={setReceiver} />)}
          {few > 0 && <p class="small is-near">{say("%(count)s of them stay: the rules name nobody.", { count: few })}</p>}
          {asked.text !== "no" && (
            <Field label={asked.text === "must" ? gettext("Note") : gettext("Words for all of them")} required={asked.text === "must"}>
              {(tie) => <TextArea tie={tie} value={text} maxLength={2000} onInput={setText} />}
            </Field>
          )}
          {wrong && <FieldError>{wrong}</FieldError>}
        </>
      )}
    </AskDialog>
  );
}

/** Moves the focus to what has come, unless its reader has begun something else meanwhile. */
function useFocusUntouched(target: RefObject<HTMLElement | null>, come: boolean): void {
  const touched = useRef(false);
  useEffect(() => {
    if (come) {
      if (!touched.current) target.current?.focus();
      return undefined;
    }
    const touch = (): void => {
      touched.current = true;
    };
    document.addEventListener("keydown", touch, true);
    document.addEventListener("pointerdown", touch, true);
    return () => {
      document.removeEventListener("keydown", touch, true);
      document.removeEventListener("pointerdown", touch, true);
    };
  }, [come, target]);
}

/** The organisations whose name holds these words. */
function named(organisations: BatchPlan["organisations"], words: string): BatchPlan["organisations"] {
  return organisations.filter((one) => one.name.includes(words.trim()));
}

function Receivers({ plan, rows, value, onChange }: { plan: BatchPlan | null; rows: readonly WorkRow[]; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState("");
  const list = useRef<HTMLSelectElement>(null);
  useFocusUntouched(list, plan !== null);
  if (plan === null) return <span class="skeleton tall" />;
  const each = plan.suggested.some((one) => one.organisation !== null);
  if (!each && plan.organisations.length === 0) return <p class="small dim">{gettext("There is no organisation that all of them could go to.")}</p>;
  const found = named(plan.organisations, typed);
  const find = (words: string): void => {
    setTyped(words);
    if (value !== EACH && !named(plan.organisations, words).some((one) => String(one.id) === value)) onChange("");
  };
  const takeFirst = (press: KeyboardEvent): void => {
    if (press.key !== "Enter" || press.isComposing || press.ctrlKey || press.metaKey) return;
    press.preventDefault();
    if (found[0]) onChange(String(found[0].id));
  };
  return (
    <Field label={gettext("Organisation")} required>
      {(tie) => (
        <div class="stack">
          {plan.organisations.length > 8 && (
            <div onKeyDown={takeFirst}>
              <TextInput value={typed} onInput={find} label={gettext("Find an organisation")} placeholder={gettext("Find an organisation")} />
            </div>
          )}
          <select {...tie} ref={list} class="input picklist" size={Math.min(8, Math.max(3, found.length + Number(each)))} value={value} onChange={(change) => onChange(change.currentTarget.value)}>
            {each && <option value={EACH}>{gettext("Each to whom the rules name")}</option>}
            {found.map((one) => (
              <option key={one.id} value={String(one.id)}>
                {one.name}
              </option>
            ))}
          </select>
          {value === EACH && (
            <ul class="small dim">
              {shares(rows, plan).map((one) => (
                <li key={one.name}>
                  {one.name || gettext("nobody")} · {one.count}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Field>
  );
}
