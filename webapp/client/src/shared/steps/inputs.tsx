/** One control for each kind of field that a step can ask for. */
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { api, asProblem, type Category, type EventCard, type OrganisationChoice, type Responsibility, type StepField } from "../api/index.ts";
import { gettext, say } from "../i18n.ts";
import { useNow } from "../ticking.ts";
import { tomorrowInput } from "../time.ts";
import { Badge, Button, Icon } from "../ui/basics.tsx";
import { CheckBox, Field, FieldError, Select, TextArea, TextInput, type Tie } from "../ui/fields.tsx";
import { EventControl } from "./eventinput.tsx";
import { organisationsOf, OrganisationsControl } from "./organisations.tsx";
import { TemplatePick } from "./templatepick.tsx";
import { type FieldValue, matchingCategories, matchingOrganisations, type PhotoValue, type PointValue, textOf } from "./values.ts";

/** Given by a page that has a map: asks for a click on it. */
export const PointPicker = createContext<((start: PointValue | null, address: string) => Promise<PointValue | null>) | null>(null);

export interface ControlProps {
  field: StepField;
  event: EventCard;
  /** The step that asks. */
  step: string;
  value: FieldValue;
  onChange: (value: FieldValue) => void;
  /** Tells what follows for the clock from this value. */
  onFollows?: (effect: string) => void;
  /** Who is chosen as the lead in the same form; "" for nobody. */
  lead?: string;
  tie: Tie;
}

export function StepControl(props: Omit<ControlProps, "tie"> & { error: string }) {
  const { field, value, onChange, error } = props;
  if (field.kind === "bool") {
    return (
      <CheckBox checked={value === true} onChange={onChange}>
        {field.label}
      </CheckBox>
    );
  }
  const Control = CONTROLS[field.kind];
  return (
    <Field label={field.label} help={field.help} error={error} required={field.required}>
      {(tie) => <Control {...props} tie={tie} />}
    </Field>
  );
}

function TextControl({ value, onChange, tie }: ControlProps) {
  return <TextInput tie={tie} value={textOf(value)} maxLength={200} onInput={onChange} />;
}

function LongTextControl({ field, event, step, value, onChange, tie }: ControlProps) {
  return (
    <div class="stack">
      {field.name === "text" && <TemplatePick no={event.no} step={step} text={textOf(value)} onText={onChange} />}
      <TextArea tie={tie} value={textOf(value)} maxLength={2000} onInput={onChange} />
    </div>
  );
}

function ChoiceControl({ field, value, onChange, tie }: ControlProps) {
  return <Select tie={tie} value={textOf(value)} options={field.choices ?? []} empty={gettext("Please choose")} onChange={onChange} />;
}

/** In what the work is measured: the unit of the clock that runs for it. */
function unitWords(event: EventCard): string {
  const clock = event.timers.findLast((timer) => timer.stage === "handle")?.clock ?? "";
  const words: Record<string, string> = { urgent_hour: gettext("urgent hours"), work_hour: gettext("working hours"), work_day: gettext("working days"), natural_day: gettext("calendar days") };
  return words[clock] ?? "";
}

function AmountControl({ event, value, onChange, tie }: ControlProps) {
  return (
    <div class="row">
      <input {...tie} class="input amount" type="number" inputMode="decimal" min="0.5" max="90" step="0.5" value={textOf(value)} onInput={(typed) => onChange(typed.currentTarget.value)} />
      <span class="dim">{unitWords(event)}</span>
    </div>
  );
}

function DateControl({ value, onChange, tie }: ControlProps) {
  const now = useNow(60_000);
  return <input {...tie} class="input date" type="date" min={tomorrowInput(now)} value={textOf(value)} onInput={(typed) => onChange(typed.currentTarget.value)} />;
}

const DISPATCHING: ReadonlySet<string> = new Set(["dispatch", "redispatch"]);

/** Why none of those that it can go to is suggested. */
function notSuggested(said: Responsibility): string {
  if (said.lead === "") return said.words;
  return say("%(lead)s answers for it, but can't be dispatched to from here: %(words)s", { lead: said.lead, words: said.words });
}

function suggestedName(one: OrganisationChoice): string {
  if (one.suggested) return say("%(name)s (suggested)", { name: one.name });
  return one.role === "joint" ? say("%(name)s (suggested to help)", { name: one.name }) : one.name;
}

function OrganisationControl({ event, step, value, onChange, onFollows, tie }: ControlProps) {
  const [choices, setChoices] = useState<OrganisationChoice[] | null>(null);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState("");
  const [why, setWhy] = useState("");
  const latest = useRef({ value, onChange, onFollows });
  latest.current = { value, onChange, onFollows };
  useEffect(() => {
    const take = (found: OrganisationChoice[]): void => {
      setChoices(found);
      const suggested = found.find((one) => one.suggested);
      const offered = found.some((one) => String(one.id) === latest.current.value);
      if (!offered && (suggested || latest.current.value !== "")) latest.current.onChange(suggested ? String(suggested.id) : "");
      if (!suggested && DISPATCHING.has(step)) api.responsibility(event.no).then((said) => setWhy(notSuggested(said)), () => undefined);
    };
    organisationsOf(event.no, step).then(take, (thrown: unknown) => setError(asProblem(thrown).detail));
  }, [event.no, step]);
  const chosen = choices?.find((one) => String(one.id) === value);
  const effect = chosen?.effect ?? "";
  useEffect(() => latest.current.onFollows?.(effect), [effect]);
  if (error) return <FieldError>{error}</FieldError>;
  if (choices === null) return <span class="skeleton tall" />;
  if (choices.length === 0) return <p class="small dim">{gettext("There is no organisation that it could go to.")}</p>;
  const found = matchingOrganisations(choices, typed);
  return (
    <div class="stack">
      {choices.length > 8 && <TextInput value={typed} onInput={setTyped} label={gettext("Find an organisation")} placeholder={gettext("Find an organisation")} />}
      <select {...tie} class="input picklist" size={Math.min(6, Math.max(3, found.length))} value={textOf(value)} onChange={(change) => onChange(change.currentTarget.value)}>
        {found.map((one) => (
          <option key={one.id} value={String(one.id)}>
            {suggestedName(one)}
          </option>
        ))}
      </select>
      {why && <p class="small is-near">{why}</p>}
      {chosen?.reason && <p class="small dim">{say("Because: %(reason)s", { reason: chosen.reason })}</p>}
    </div>
  );
}

function CategoryControl({ value, onChange, tie }: ControlProps) {
  const [categories, setCategories] = useState<Category[]>([]);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState("");
  useEffect(() => {
    api.categories().then(setCategories, (thrown: unknown) => setError(asProblem(thrown).detail));
  }, []);
  if (error) return <FieldError>{error}</FieldError>;
  const groups = new Map<string, Category[]>();
  for (const one of matchingCategories(categories, typed)) groups.set(one.major_name, [...(groups.get(one.major_name) ?? []), one]);
  return (
    <div class="stack">
      <TextInput value={typed} onInput={setTyped} label={gettext("Find a category")} placeholder={gettext("Name, keyword or code")} />
      <select {...tie} class="input picklist" size={6} value={textOf(value)} onChange={(change) => onChange(change.currentTarget.value)}>
        {[...groups].map(([major, members]) => (
          <optgroup key={major} label={major}>
            {members.map((one) => (
              <option key={one.code} value={one.code}>
                {one.name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  );
}

function PointControl({ event, value, onChange, tie }: ControlProps) {
  const pick = useContext(PointPicker);
  const point = value as PointValue | null;
  const text = point ? `${point.lng.toFixed(6)}, ${point.lat.toFixed(6)}` : "";
  const read = (typed: string): void => {
    const [lng, lat] = typed.split(/[,，\s]+/).map(Number);
    if (lng !== undefined && lat !== undefined && Math.abs(lng) <= 180 && Math.abs(lat) <= 90) onChange({ lng, lat });
  };
  return (
    <div class="stack">
      <input {...tie} class="input" value={text} placeholder={gettext("longitude, latitude (WGS-84)")} onChange={(change) => read(change.currentTarget.value)} />
      {pick && (
        <Button icon="pin" onClick={() => void pick(point, event.address).then((picked) => picked && onChange(picked))}>
          {gettext("Pick on the map")}
        </Button>
      )}
    </div>
  );
}

interface Upload {
  key: number;
  name: string;
  error: string;
}

let uploads = 0;

function PhotosControl({ value, onChange, tie }: ControlProps) {
  const photos = (value as PhotoValue[] | null) ?? [];
  const latest = useRef(photos);
  latest.current = photos;
  const [waiting, setWaiting] = useState<Upload[]>([]);
  const add = (file: File): void => {
    const key = (uploads += 1);
    setWaiting((old) => [...old, { key, name: file.name, error: "" }]);
    api.photo(file, file.name).then(
      (receipt) => {
        setWaiting((old) => old.filter((one) => one.key !== key));
        if (!latest.current.some((one) => one.sha256 === receipt.sha256)) onChange([...latest.current, { sha256: receipt.sha256, thumb: receipt.thumb }]);
      },
      (thrown: unknown) => setWaiting((old) => old.map((one) => (one.key === key ? { ...one, error: asProblem(thrown).detail } : one))),
    );
  };
  return (
    <div class="stack">
      <div class="photo-strip">
        {photos.map((photo) => (
          <span class="photo" key={photo.sha256}>
            <img src={photo.thumb} alt={gettext("Photo")} />
            <Button kind="quiet" icon="x" label={gettext("Remove the photo")} onClick={() => onChange(photos.filter((one) => one !== photo))} />
          </span>
        ))}
        <label class="photo photo-add">
          <Icon name="camera" size="l" />
          <span class="small">{gettext("Add a photo")}</span>
          <input
            {...tie}
            class="unseen"
            type="file"
            accept="image/jpeg,image/png,image/webp,image/heic,image/heif"
            multiple
            onChange={(change) => {
              [...(change.currentTarget.files ?? [])].forEach(add);
              change.currentTarget.value = "";
            }}
          />
        </label>
      </div>
      {waiting.map((one) => (
        <p class="small" key={one.key} role="status">
          <Badge {...(one.error ? { kind: "over" as const } : {})}>{one.error || say("Sending %(name)s", { name: one.name })}</Badge>
        </p>
      ))}
    </div>
  );
}

const CONTROLS = {
  amount: AmountControl,
  date: DateControl,
  text: TextControl,
  longtext: LongTextControl,
  choice: ChoiceControl,
  organisation: OrganisationControl,
  organisations: OrganisationsControl,
  category: CategoryControl,
  point: PointControl,
  photos: PhotosControl,
  event: EventControl,
} as const;
