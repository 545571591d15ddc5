/** What a step's form holds, and what of it is sent. Pure. */
import type { AllowedStep, Category, EventCard, OrganisationChoice, StepField } from "../api/types.ts";
import { gettext, ngettext, say } from "../i18n.ts";

export interface PhotoValue {
  sha256: string;
  thumb: string;
}

export interface PointValue {
  lng: number;
  lat: number;
}

export type FieldValue = string | boolean | PhotoValue[] | string[] | PointValue | null;
export type StepValues = Record<string, FieldValue>;

/** The value of a text-like field; "" for anything else. */
export function textOf(value: FieldValue | undefined): string {
  return typeof value === "string" ? value : "";
}

const EMPTY: Record<StepField["kind"], FieldValue> = { text: "", longtext: "", photos: [], organisation: "", organisations: [], category: "", point: null, choice: "", amount: "", date: "", bool: false, event: "" };

/** The values a form starts with: the event's own where the field amends it, the suggestion where there is one. */
export function startingValues(step: AllowedStep, event: EventCard, initial: StepValues = {}): StepValues {
  const own: StepValues = {
    organisation: step.step === "dispatch" && event.suggestion ? String(event.suggestion.organisation) : "",
    category: event.category?.code ?? "",
    description: event.description,
    address: event.address,
    urgent: event.urgent,
    point: event.lng !== null && event.lat !== null ? { lng: event.lng, lat: event.lat } : null,
  };
  return Object.fromEntries(step.fields.map((field) => [field.name, initial[field.name] ?? own[field.name] ?? EMPTY[field.kind]]));
}

function isEmpty(value: FieldValue | undefined): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** What is missing, by field name. */
export function missing(step: AllowedStep, values: StepValues): Record<string, string> {
  const words: Record<StepField["kind"], string> = {
    text: gettext("Please fill this in."),
    longtext: gettext("Please fill this in."),
    photos: gettext("Please add at least one photo."),
    organisation: gettext("Please choose an organisation."),
    organisations: gettext("Please choose at least one organisation."),
    category: gettext("Please choose a category."),
    point: gettext("Please mark the place on the map."),
    choice: gettext("Please choose one."),
    amount: gettext("Please say how much."),
    date: gettext("Please choose a day."),
    bool: gettext("Please confirm."),
    event: gettext("Please name the other event."),
  };
  const bad = step.fields.filter((field) => (field.required && field.kind !== "bool" && isEmpty(values[field.name])) || isNoAmount(field, values[field.name]));
  return Object.fromEntries(bad.map((field) => [field.name, words[field.kind]]));
}

function isNoAmount(field: StepField, value: FieldValue | undefined): boolean {
  return field.kind === "amount" && !isEmpty(value) && !(Number(value) > 0);
}

/** What was typed and chosen, as lines to read: words as they are, the rest with its label. What has only a number is left out. */
export function told(step: AllowedStep, values: StepValues): string[] {
  return step.fields.flatMap((field) => {
    const given = values[field.name];
    if (field.kind === "photos" && Array.isArray(given) && given.length > 0) return [ngettext("%(count)s photo", "%(count)s photos", given.length)];
    const value = textOf(given).trim();
    if (value === "") return [];
    const words = TOLD[field.kind]?.(field, value);
    return words === undefined ? [] : [words];
  });
}

const labelled = (field: StepField, value: string): string => say("%(label)s: %(value)s", { label: field.label, value });

const TOLD: Partial<Record<StepField["kind"], (field: StepField, value: string) => string>> = {
  text: (_field, value) => value,
  longtext: (_field, value) => value,
  amount: labelled,
  date: labelled,
  event: labelled,
  choice: (field, value) => labelled(field, field.choices?.find((one) => one.value === value)?.label ?? value),
};

const SENT: Partial<Record<StepField["kind"], (value: FieldValue) => unknown>> = {
  organisation: (value) => Number(value),
  organisations: (value) => (value as string[]).map(Number),
  amount: (value) => Number(value),
  photos: (value) => (value as PhotoValue[]).map((photo) => photo.sha256),
  point: (value) => ({ ...(value as PointValue), crs: "wgs84" }),
  text: (value) => textOf(value).trim(),
  event: (value) => textOf(value).trim(),
  longtext: (value) => textOf(value).trim(),
};

/** The flat fields as the API takes them; what is empty is left out. */
export function sent(step: AllowedStep, values: StepValues): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const field of step.fields) {
    const value = values[field.name];
    if (value === undefined || isEmpty(value)) continue;
    fields[field.name] = SENT[field.kind]?.(value) ?? value;
  }
  return fields;
}

/** Organisations that carry every character typed, the suggested one first. */
export function matchingOrganisations(choices: OrganisationChoice[], typed: string): OrganisationChoice[] {
  const words = typed.trim().split(/\s+/).filter(Boolean);
  return choices.filter((one) => words.every((word) => one.name.includes(word))).sort((a, b) => Number(b.suggested) - Number(a.suggested));
}

/** Categories whose code, name or keywords carry what was typed. */
export function matchingCategories(categories: Category[], typed: string): Category[] {
  const word = typed.trim();
  if (word === "") return categories;
  return categories.filter((one) => one.code.startsWith(word) || one.name.includes(word) || one.keywords.some((keyword) => keyword.includes(word)));
}
