/* One template: for whom, at which step, for what, and its words with facts in braces. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiProblem, asProblem, type Category, desk, type ReplyTemplate, type TemplateRegister } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Button, Dialog, Field, Note, Select, TextArea, TextInput, toast } from "../shared/ui/index.ts";

interface FormProps {
  readonly kept: ReplyTemplate | null;
  readonly register: TemplateRegister;
  readonly categories: readonly Category[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** 大类 and 小类 to choose, each 大类 before its own. */
export function categoryChoices(categories: readonly Category[]): { value: string; label: string }[] {
  const found = new Map<string, string>();
  for (const one of categories) {
    if (!found.has(one.major)) found.set(one.major, one.major_name);
    found.set(one.code, `${one.major_name} · ${one.name}`);
  }
  return [...found].map(([value, label]) => ({ value, label }));
}

interface Values {
  organisation: string;
  step: string;
  category: string;
  title: string;
  body: string;
}

function startingValues(kept: ReplyTemplate | null, register: TemplateRegister): Values {
  if (kept) return { ...kept, organisation: String(kept.organisation) };
  return { organisation: register.organisations[0]?.value ?? "", step: register.steps[0]?.value ?? "", category: "", title: "", body: "" };
}

/** What was refused, under the field that it is about; under the words where it is about none. */
function faultOf(wrong: ApiProblem | null, name: keyof Values): string {
  if (wrong === null) return "";
  const known = wrong.errors.some((one) => ["organisation", "step", "category", "title", "body"].includes(one.field));
  return wrong.field(name) || (name === "body" && !known ? wrong.detail : "");
}

interface AboutProps {
  kept: ReplyTemplate | null;
  register: TemplateRegister;
  categories: readonly Category[];
  draft: Values;
  set: (name: keyof Values) => (value: string) => void;
  fault: (name: keyof Values) => string;
}

function About({ kept, register, categories, draft, set, fault }: AboutProps) {
  return (
    <>
      {!kept && register.organisations.length > 1 && (
        <Field label={gettext("Organisation")} error={fault("organisation")} required>
          {(tie) => <Select tie={tie} value={draft.organisation} options={register.organisations} onChange={set("organisation")} />}
        </Field>
      )}
      <Field label={gettext("Title")} error={fault("title")} required>
        {(tie) => <TextInput tie={tie} value={draft.title} maxLength={40} onInput={set("title")} />}
      </Field>
      <Field label={gettext("Step")} error={fault("step")} required>
        {(tie) => <Select tie={tie} value={draft.step} options={register.steps} onChange={set("step")} />}
      </Field>
      <Field label={gettext("Category")} error={fault("category")} required>
        {(tie) => <Select tie={tie} value={draft.category} empty={gettext("All categories")} options={categoryChoices(categories)} onChange={set("category")} />}
      </Field>
    </>
  );
}

export function TemplateForm({ kept, register, categories, onClose, onDone }: FormProps) {
  const [draft, setDraft] = useState<Values>(() => startingValues(kept, register));
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<ApiProblem | null>(null);
  const [now, setNow] = useState(kept); /* as it is on the server, as far as is known */
  const [removing, setRemoving] = useState(false);
  const words = useRef<HTMLDivElement>(null);
  const caret = useRef<number | null>(null); /* where it goes after the next drawing */
  useLayoutEffect(() => {
    if (caret.current === null) return;
    words.current?.querySelector("textarea")?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [draft.body]);
  const set = (name: keyof Values) => (value: string) => setDraft((old) => ({ ...old, [name]: value }));
  const send = (what: () => Promise<unknown>, said: string): void => {
    if (busy) return;
    setBusy(true);
    what().then(
      () => {
        toast(said);
        onDone();
        onClose();
      },
      (thrown: unknown) => {
        const problem = asProblem(thrown);
        const fresh = problem.body["template"] as ReplyTemplate | undefined;
        if (fresh) setNow(fresh);
        setWrong(problem);
        setBusy(false);
      },
    );
  };
  const save = (): void => {
    const { step, category, title, body } = draft;
    const sent = { step, category, title, body, organisation: Number(draft.organisation) };
    send(() => (now ? desk.changeTemplate(now.id, { ...sent, changed_at: now.changed_at }) : desk.keepTemplate(sent)), say("Kept: %(name)s", { name: draft.title }));
  };
  const insert = (name: string): void => {
    const area = words.current?.querySelector("textarea");
    const at = area?.selectionStart ?? draft.body.length;
    caret.current = at + name.length;
    set("body")(draft.body.slice(0, at) + name + draft.body.slice(area?.selectionEnd ?? at));
    area?.focus();
  };
  const fault = (name: keyof Values): string => faultOf(wrong, name);
  return (
    <Dialog
      title={kept ? gettext("Change the template") : gettext("Write a template")}
      icon="note"
      wide
      onClose={onClose}
      foot={
        <>
          {kept && !removing && (
            <Button icon="x" disabled={busy} onClick={() => setRemoving(true)}>
              {gettext("Remove the template")}
            </Button>
          )}
          {kept && removing && (
            <>
              <span class="small is-near" role="alert">
                {gettext("It goes for everybody of the organisation, and can't be brought back.")}
              </span>
              <Button kind="danger" icon="x" disabled={busy} onClick={() => send(() => desk.removeTemplate(kept.id), say("Removed: %(name)s", { name: kept.title }))}>
                {gettext("Remove it for good")}
              </Button>
            </>
          )}
          <Button kind="quiet" onClick={onClose}>
            {gettext("Cancel")}
          </Button>
          <Button kind="primary" busy={busy} kbd="Ctrl ↵" onClick={save}>
            {gettext("Save")}
          </Button>
        </>
      }
    >
      <div
        class="stack"
        ref={words}
        onKeyDown={(press) => {
          if (press.key !== "Enter" || !(press.ctrlKey || press.metaKey)) return;
          press.preventDefault();
          save();
        }}
      >
        <About kept={kept} register={register} categories={categories} draft={draft} set={set} fault={fault} />
        <Field label={gettext("Words")} error={fault("body")} help={gettext("What stands in braces is filled in from the event. There is nothing about persons among it, and no numbers of theirs are taken.")} required>
          {(tie) => <TextArea tie={tie} rows={6} value={draft.body} maxLength={1000} onInput={set("body")} />}
        </Field>
        {now !== kept && now && (
          <Note kind="near" icon="alert">
            <p>{say("Now it reads “%(title)s”:", { title: now.title })}</p>
            <p class="pre quoted">{now.body}</p>
          </Note>
        )}
        <div class="templates-facts" role="group" aria-label={gettext("Facts to insert")}>
          {register.facts.map((fact) => (
            <Button key={fact.name} title={fact.label} onClick={() => insert(fact.name)}>
              {fact.name}
            </Button>
          ))}
        </div>
      </div>
    </Dialog>
  );
}
