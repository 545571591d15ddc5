/* One category as a form: what may be said of it, and what saving it would do. */
import { useState } from "preact/hooks";
import { gettext } from "../shared/i18n.ts";
import { CheckBox, Field, Select, TextInput } from "../shared/ui/fields.tsx";
import { admin, type CategoryRow, type Effect, type EditedCategory } from "./api.ts";
import { SaveDialog } from "./effects.tsx";
import { error } from "./newaccount.tsx";
import { clocks, levels } from "./words.ts";

const LOCAL_MARK = "（自定义）";
const FRESH: EditedCategory = { name: LOCAL_MARK, keywords: [], handle_amount: 1, handle_clock: "work_day", urgent: false, self_resolvable: false, auto_dispatch: false, min_level: "village", active: true };

interface FormProps {
  /** The one to edit; null for a new one. */
  row: CategoryRow | null;
  onClose: () => void;
  onDone: () => void;
}

function editedOf(row: CategoryRow): EditedCategory {
  const { name, keywords, handle_amount, handle_clock, urgent, self_resolvable, auto_dispatch, min_level, active } = row;
  return { name, keywords, handle_amount, handle_clock, urgent, self_resolvable, auto_dispatch, min_level, active };
}

function same(row: CategoryRow, edited: EditedCategory): boolean {
  return JSON.stringify(editedOf(row)) === JSON.stringify(edited);
}

/** The words between commas, of either script, and spaces. */
export function wordsOf(text: string): string[] {
  return text.split(/[\s,，、;；]+/u).filter(Boolean);
}

export function CategoryDialog({ row, onClose, onDone }: FormProps) {
  const [form, setForm] = useState<EditedCategory>(row ? editedOf(row) : FRESH);
  const [amount, setAmount] = useState(String(form.handle_amount));
  const [words, setWords] = useState(form.keywords.join("、"));
  const [code, setCode] = useState(row?.code ?? "");
  const [version, setVersion] = useState(row?.version ?? "");
  const put = (patch: Partial<EditedCategory>): void => setForm((old) => ({ ...old, ...patch }));
  const edited: EditedCategory = { ...form, handle_amount: Number(amount), keywords: wordsOf(words) };
  const whole = Number.isFinite(edited.handle_amount) && [amount, form.name, code].every((text) => text.trim() !== "");
  const untouched = row !== null && same(row, edited);
  const ask = (): Promise<Effect[]> => (row ? admin.previewCategory(row.code, edited) : Promise.resolve([{ weight: "note", text: gettext("It can be chosen on every report from now on. What its class answers with is taken over.") }]));
  const save = async (): Promise<void> => {
    await (row ? admin.amendCategory(row.code, { ...edited, version }) : admin.addCategory({ ...edited, code }));
    onDone();
  };
  return (
    <SaveDialog
      title={row ? `${row.code} ${row.name}` : gettext("A category of our own")}
      icon="info"
      action={gettext("Save")}
      question={whole && !untouched ? JSON.stringify([code, edited]) : ""}
      ask={ask}
      save={save}
      {...(row ? { again: async () => setVersion((await admin.category(row.code)).row.version) } : {})}
      onClose={onClose}
    >
      {(wrong) => (
        <>
          {row === null && <CodeField code={code} wrong={wrong("code")} onInput={setCode} />}
          <Field label={gettext("Name of the category")} required {...error(wrong("name"))}>
            {(tie) => <TextInput tie={tie} value={form.name} maxLength={30} onInput={(name) => put({ name })} />}
          </Field>
          <Field label={gettext("Key words")} required help={gettext("By them the phone guesses the category. Separate them by commas.")} {...error(wrong("keywords"))}>
            {(tie) => <TextInput tie={tie} value={words} maxLength={280} onInput={setWords} />}
          </Field>
          <div class="row wrap">
            <Field label={gettext("Allowance to handle")} required {...error(wrong("handle_amount"))}>
              {(tie) => <input {...tie} class="input amount" type="number" min="0" step="0.25" value={amount} onInput={(event) => setAmount(event.currentTarget.value)} />}
            </Field>
            <Field label={gettext("Clock of the allowance")} required {...error(wrong("handle_clock"))}>
              {(tie) => <Select tie={tie} value={form.handle_clock} options={clocks()} onChange={(handle_clock) => put({ handle_clock })} />}
            </Field>
            <Field label={gettext("Lowest level that may hold it")} required {...error(wrong("min_level"))}>
              {(tie) => <Select tie={tie} value={form.min_level} options={levels()} onChange={(min_level) => put({ min_level })} />}
            </Field>
          </div>
          <Marks form={form} put={put} />
        </>
      )}
    </SaveDialog>
  );
}

function CodeField({ code, wrong, onInput }: { code: string; wrong: string; onInput: (code: string) => void }) {
  return (
    <Field label={gettext("Code")} required help={gettext("The class and a number from 080 on: 06-080.")} {...error(wrong)}>
      {(tie) => <TextInput tie={tie} value={code} maxLength={6} onInput={onInput} />}
    </Field>
  );
}

function Marks({ form, put }: { form: EditedCategory; put: (patch: Partial<EditedCategory>) => void }) {
  return (
    <div class="admin-checks">
      <CheckBox checked={form.urgent} onChange={(urgent) => put({ urgent })}>
        {gettext("Urgent by itself: the other stages run on urgent allowances")}
      </CheckBox>
      <CheckBox checked={form.self_resolvable} onChange={(self_resolvable) => put({ self_resolvable })}>
        {gettext("The grid officer may solve it on the spot")}
      </CheckBox>
      <CheckBox checked={form.auto_dispatch} onChange={(auto_dispatch) => put({ auto_dispatch })}>
        {gettext("The system dispatches what the rules answer without doubt")}
      </CheckBox>
      <CheckBox checked={form.active} onChange={(active) => put({ active })}>
        {gettext("In use: it can be chosen")}
      </CheckBox>
    </div>
  );
}
