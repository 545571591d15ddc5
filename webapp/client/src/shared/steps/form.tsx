/** The small form of one step, asking only for what that step needs. */
import { useRef, useState } from "preact/hooks";
import type { AllowedStep, EventCard } from "../api/index.ts";
import { gettext } from "../i18n.ts";
import { useHeldKeys, useKeys } from "../keys.ts";
import { Button, Note } from "../ui/basics.tsx";
import { ConflictDialog } from "./conflict.tsx";
import { onPhone, useFirstField } from "./focus.ts";
import { StepControl } from "./inputs.tsx";
import { useStepRunner } from "./runner.ts";
import { missing, sent, startingValues, type StepValues, textOf } from "./values.ts";

interface StepFormProps {
  event: EventCard;
  step: AllowedStep;
  onDone: (card: EventCard) => void;
  onCancel: () => void;
  initial?: StepValues;
  /** The version that the event has by now; when it is past the one filled in here, the form says so. */
  newest?: number;
  /** Why it can't be sent now ("" or absent: it can), e.g. that the line is cut. */
  blocked?: string;
}

export function StepForm({ event, step, onDone, onCancel, initial, newest = event.version, blocked = "" }: StepFormProps) {
  const [values, setValues] = useState(() => startingValues(step, event, initial));
  const [gaps, setGaps] = useState<Record<string, string>>({});
  const [mended, setMended] = useState<ReadonlySet<string>>(new Set()); /* changed since the last try: what was wrong with it is over */
  const [follows, setFollows] = useState(step.effect);
  const runner = useStepRunner(event, onDone);
  const form = useRef<HTMLFormElement>(null);
  useFirstField(form);
  useHeldKeys();
  const submit = (against?: EventCard): void => {
    if (runner.busy !== null) return;
    const empty = missing(step, values);
    setGaps(empty);
    setMended(new Set());
    if (Object.keys(empty).length === 0 && !blocked) void runner.submit(step, sent(step, values), against);
  };
  const group = gettext("Steps");
  /* The form answers by itself while the focus is inside; these answer when it has strayed to the page. */
  useKeys([
    { keys: "Ctrl+Enter", label: gettext("Send the form"), group, run: () => submit() },
    { keys: "Escape", label: gettext("Close the form"), group, run: onCancel },
  ]);
  const stray = runner.problem && !runner.problem.errors.some((error) => error.field in values) ? runner.problem : null;
  return (
    <form
      ref={form}
      class="step-form"
      tabIndex={-1}
      noValidate
      aria-label={step.label}
      onSubmit={(submission) => {
        submission.preventDefault();
        submit();
      }}
      onKeyDown={(press) => {
        if (runner.conflict) return; /* its dialog has the keys */
        if (press.key === "Enter" && (press.ctrlKey || press.metaKey)) {
          press.preventDefault();
          submit();
        }
        if (press.key === "Escape") {
          press.preventDefault();
          press.stopPropagation();
          onCancel();
        }
      }}
    >
      {step.fields.map((field) => (
        <StepControl
          key={field.name}
          field={field}
          event={event}
          step={step.step}
          lead={textOf(values["organisation"])}
          onFollows={(effect) => setFollows(effect || step.effect)}
          value={values[field.name] ?? null}
          error={mended.has(field.name) ? "" : (gaps[field.name] ?? runner.problem?.field(field.name) ?? "")}
          onChange={(value) => {
            setValues((old) => ({ ...old, [field.name]: value }));
            setMended((old) => new Set(old).add(field.name));
          }}
        />
      ))}
      {follows && (
        <Note icon="clock">
          <span class="pre">{follows}</span>
        </Note>
      )}
      {newest > event.version && (
        <Note kind="near" icon="alert">
          {gettext("The event has changed since this form was opened. What you typed is kept; sending it shows what changed first.")}
        </Note>
      )}
      {stray && (
        <Note kind="over" icon="alert">
          {stray.detail}
        </Note>
      )}
      {blocked && (
        <Note kind="near" icon="offline">
          {blocked}
        </Note>
      )}
      <div class="row step-send">
        <Button kind="primary" type="submit" busy={runner.busy !== null} disabled={blocked !== ""} icon="check">
          {step.label}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          {gettext("Cancel")}
        </Button>
        {!onPhone() && <span class="small dim">{gettext("Ctrl+Enter sends, Esc closes")}</span>}
      </div>
      {runner.conflict && <ConflictDialog conflict={runner.conflict} runner={runner} onCard={onDone} onAgain={submit} values={values} />}
    </form>
  );
}
