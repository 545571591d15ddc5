/* Asking another organisation for events: where, whose, which categories, for how long, what for. */
import { useEffect, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type AskForm, type Category, type GrantRequest, type Party } from "../shared/api/index.ts";
import { gettext, pgettext, say } from "../shared/i18n.ts";
import { tomorrowInput } from "../shared/time.ts";
import { Button, CheckBox, Dialog, Field, ProblemState, Select, SkeletonRows, TextArea, type Tie, toast } from "../shared/ui/index.ts";

const RESTRICTED = "09";
const LONGEST_DAYS = 365;
const DAY = 86_400_000;

interface Props {
  onClose: () => void;
  onAsked: () => void;
}

/** So many days after today, as a date field holds it. */
function dayFrom(now: number, days: number): string {
  return tomorrowInput(now + (days - 1) * DAY);
}

/** The organisations whose ground holds the region, those that work nearest to it first. */
export function ownersOf(form: AskForm, path: string, grantee: number | null): Party[] {
  const fitting = form.owners.filter((one) => path.startsWith(one.path) && one.id !== grantee);
  return fitting.sort((one, other) => other.path.length - one.path.length);
}

/** What is missing, by field; what the server knows better is left to it. */
export function lacking(draft: GrantRequest): Record<string, string> {
  return {
    ...(draft.path ? {} : { path: gettext("Choose a region.") }),
    ...(draft.owner ? {} : { owner: gettext("Choose whom you ask.") }),
    ...(draft.classes.length ? {} : { classes: gettext("Choose at least one category.") }),
    ...(draft.until ? {} : { until: gettext("Say until which day.") }),
    ...(draft.reason.trim().length < 5 ? { reason: gettext("Say in at least 5 characters what it is needed for.") } : {}),
  };
}

export function AskForEvents({ onClose, onAsked }: Props) {
  const [form, setForm] = useState<AskForm | null>(null);
  const [categories, setCategories] = useState<Category[]>([]);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const load = (): void => {
    setProblem(null);
    Promise.all([api.grantForm(), api.categories()]).then(
      ([found, all]) => {
        setForm(found);
        setCategories(all.filter((one) => one.major !== RESTRICTED));
      },
      (thrown: unknown) => setProblem(asProblem(thrown)),
    );
  };
  useEffect(load, []);
  if (form !== null) return <Draft form={form} categories={categories} onClose={onClose} onAsked={onAsked} />;
  return (
    <Dialog title={gettext("Ask for events")} icon="shield" onClose={onClose}>
      {problem ? <ProblemState title={gettext("The form did not come")} problem={problem} retry={load} /> : <SkeletonRows rows={5} />}
    </Dialog>
  );
}

function Draft({ form, categories, onClose, onAsked }: Props & { form: AskForm; categories: Category[] }) {
  const [now] = useState(Date.now);
  const [draft, setDraft] = useState<GrantRequest>({
    owner: 0, path: "", classes: [], reason: "", since: dayFrom(now, 0), until: dayFrom(now, 30), join: false, grantee: form.grantees[0]?.id ?? null,
  });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const set = (patch: Partial<GrantRequest>): void => {
    setDraft((before) => ({ ...before, ...patch }));
    setErrors((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !(name in patch))));
  };
  const owners = draft.path ? ownersOf(form, draft.path, draft.grantee) : [];
  const send = async (): Promise<void> => {
    const missing = lacking(draft);
    setErrors(missing);
    setWrong("");
    if (Object.keys(missing).length > 0) return;
    setBusy(true);
    try {
      const asked = await api.askForEvents(draft);
      toast(say("Asked: %(owner)s answers it.", { owner: asked.owner }));
      onAsked();
      onClose();
    } catch (thrown) {
      const refused = asProblem(thrown);
      setErrors(Object.fromEntries(refused.errors.map((one) => [one.field.split(".").at(-1) ?? "", one.message])));
      setWrong(refused.errors.length ? "" : refused.detail);
      setBusy(false);
    }
  };
  const error = (name: string): { error?: string } => (errors[name] ? { error: errors[name] } : {});
  return (
    <Dialog
      title={gettext("Ask for events")}
      icon="shield"
      wide
      onClose={onClose}
      foot={
        <>
          <Button kind="quiet" onClick={onClose}>
            {gettext("Cancel")}
          </Button>
          <Button kind="primary" icon="send" busy={busy} onClick={() => void send()}>
            {gettext("Send the request")}
          </Button>
        </>
      }
    >
      <div class="sharing-form">
        {wrong && <p class="is-over" role="alert">{wrong}</p>}
        {form.grantees.length > 1 && (
          <Field label={pgettext("sharing", "For")} required {...error("grantee")}>
            {(tie) => <Select tie={tie} value={String(draft.grantee)} options={form.grantees.map(asOption)} onChange={(value) => set({ grantee: Number(value), owner: 0 })} />}
          </Field>
        )}
        <Field label={pgettext("sharing", "Where")} required {...error("path")}>
          {(tie) => <RegionChoice tie={tie} form={form} value={draft.path} onChange={(path) => set({ path, owner: ownersOf(form, path, draft.grantee)[0]?.id ?? 0 })} />}
        </Field>
        <Field label={gettext("Whose events")} required help={gettext("A centre shares the events of its ground; a department those that it has a task in.")} {...error("owner")}>
          {(tie) => <Select tie={tie} value={draft.owner ? String(draft.owner) : ""} options={owners.map(asOption)} empty={draft.path ? gettext("Please choose") : gettext("Choose a region first")} onChange={(value) => set({ owner: Number(value) })} />}
        </Field>
        <Field label={gettext("Categories")} required help={gettext("Whole groups or single ones. Disputes (09) are never shared.")} {...error("classes")}>
          {(tie) => <ClassChoice tie={tie} categories={categories} chosen={draft.classes} onChange={(classes) => set({ classes })} />}
        </Field>
        <div class="sharing-days">
          <Field label={gettext("First day")} required {...error("since")}>
            {(tie) => <input {...tie} class="input date" type="date" min={dayFrom(now, 0)} value={draft.since} onInput={(typed) => set({ since: typed.currentTarget.value })} />}
          </Field>
          <Field label={gettext("Last day")} required {...error("until")}>
            {(tie) => <input {...tie} class="input date" type="date" min={draft.since} max={dayFrom(now, LONGEST_DAYS)} value={draft.until} onInput={(typed) => set({ until: typed.currentTarget.value })} />}
          </Field>
        </div>
        <CheckBox checked={draft.join} onChange={(join) => set({ join })}>
          {gettext("Take part, too: leave notes, and be given joint shares")}
        </CheckBox>
        <Field label={pgettext("sharing", "What for")} required {...error("reason")}>
          {(tie) => <TextArea tie={tie} value={draft.reason} maxLength={500} onInput={(reason) => set({ reason })} />}
        </Field>
      </div>
    </Dialog>
  );
}

function asOption(one: Party): { value: string; label: string } {
  return { value: String(one.id), label: one.name };
}

/** The city, then each county with its townships. */
function RegionChoice({ tie, form, value, onChange }: { tie: Tie; form: AskForm; value: string; onChange: (path: string) => void }) {
  const counties = form.regions.filter((one) => one.level === "county");
  return (
    <select {...tie} class="input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{gettext("Please choose")}</option>
      {form.regions.filter((one) => one.level === "city").map((one) => <option key={one.path} value={one.path}>{one.name}</option>)}
      {counties.map((county) => (
        <optgroup key={county.path} label={county.name}>
          {form.regions.filter((one) => one.path.startsWith(county.path)).map((one) => (
            <option key={one.path} value={one.path}>
              {one === county ? say("All of %(name)s", { name: one.name }) : one.name}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

interface ClassProps {
  tie: Tie;
  categories: Category[];
  chosen: string[];
  onChange: (classes: string[]) => void;
}

/**
 * A list, and a button that adds what is chosen in it; leaving the list adds it, too, but never moving within it by keys.
 * What is added stands below, each with a way out. A group takes its own in.
 */
function ClassChoice({ tie, categories, chosen, onChange }: ClassProps) {
  const groups = new Map<string, Category[]>();
  for (const one of categories) groups.set(one.major, [...(groups.get(one.major) ?? []), one]);
  const nameOf = (code: string): string => categories.find((one) => one.code === code)?.name ?? groups.get(code)?.[0]?.major_name ?? code;
  const [picked, setPicked] = useState("");
  const add = (): void => {
    if (picked && !chosen.includes(picked)) onChange([...chosen.filter((one) => !one.startsWith(`${picked}-`)), picked].sort());
    setPicked("");
  };
  return (
    <>
      <div class="sharing-adding">
        <select {...tie} class="input" value={picked} onChange={(event) => setPicked(event.currentTarget.value)} onBlur={add}>
          <option value="">{gettext("Please choose")}</option>
          {[...groups].map(([major, members]) => (
            <optgroup key={major} label={`${major} ${members[0]?.major_name ?? ""}`}>
              {!chosen.includes(major) && (
                <>
                  <option value={major}>{say("All of %(name)s", { name: members[0]?.major_name ?? major })}</option>
                  {members.filter((one) => !chosen.includes(one.code)).map((one) => (
                    <option key={one.code} value={one.code}>
                      {one.code} {one.name}
                    </option>
                  ))}
                </>
              )}
            </optgroup>
          ))}
        </select>
        <Button icon="plus" onClick={add}>
          {gettext("Add a category")}
        </Button>
      </div>
      {chosen.length > 0 && (
        <ul class="sharing-chosen">
          {chosen.map((code) => (
            <li key={code}>
              <Button icon="x" label={say("Remove %(name)s", { name: `${code} ${nameOf(code)}` })} onClick={() => onChange(chosen.filter((one) => one !== code))}>
                {code} {nameOf(code)}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
