/* What people set up for the desk: views that they keep, batches, reply templates. */
import { get, post } from "./client.ts";

/** What a kept view is made of; `shared` names its organisation, "" for one's own. */
export interface SavedView {
  id: number;
  name: string;
  organisation: number | null;
  shared: string;
  may_change: boolean;
  view: string;
  region: string;
  state: string;
  category: string;
  q: string;
  sort: string;
}

export interface ViewDraft {
  name: string;
  view: string;
  region: string;
  state: string;
  category: string;
  q: string;
  sort: string;
  organisation: number | null;
}

/** One event of a batch, with whom this one is for where it is given to somebody. */
export interface BatchItem {
  no: string;
  version: number;
  organisation?: number;
  joint?: number[];
}

/** What became of one event of a batch. */
export interface BatchOutcome {
  no: string;
  result: "done" | "refused" | "changed" | "unreached";
  code: string;
  detail: string;
  version: number | null;
  state: string;
  state_label: string;
}

export interface BatchSuggestion {
  no: string;
  organisation: number | null;
  name: string;
  joint: number[];
  reason: string;
}

/** Whom the events of a batch may be given to: all alike, and each by the rules. */
export interface BatchPlan {
  organisations: { id: number; name: string }[];
  suggested: BatchSuggestion[];
}

export interface ReplyTemplate {
  id: number;
  organisation: number;
  organisation_name: string;
  step: string;
  step_label: string;
  category: string;
  category_name: string;
  title: string;
  body: string;
  changed_at: string;
  may_change: boolean;
}

export interface TemplateDraft {
  organisation: number;
  step: string;
  category: string;
  title: string;
  body: string;
}

export interface TemplateRegister {
  rows: ReplyTemplate[];
  facts: { name: string; label: string }[];
  steps: { value: string; label: string }[];
  /** Those for which one may write. */
  organisations: { value: string; label: string }[];
}

/** A template with the facts of one event in it; without them `missing` names what the event has not. */
export interface ReadyTemplate {
  id: number;
  title: string;
  text: string;
  missing: string[];
}

export const desk = {
  keepView: (draft: ViewDraft) => post<SavedView>("views", draft),
  changeView: (id: number, draft: ViewDraft) => post<SavedView>(`views/${id}`, draft),
  removeView: (id: number) => post<undefined>(`views/${id}/remove`),
  batch: (step: string, events: readonly BatchItem[], text: string) => post<{ outcomes: BatchOutcome[] }>("batches", { step, events, text }),
  planBatch: (step: string, events: readonly string[]) => post<BatchPlan>("batches/plan", { step, events }),
  templates: () => get<TemplateRegister>("templates"),
  keepTemplate: (draft: TemplateDraft) => post<ReplyTemplate>("templates", draft),
  /** 409 with the `template` of now where it is no longer the one of `changed_at`. */
  changeTemplate: (id: number, draft: TemplateDraft & { changed_at: string }) => post<ReplyTemplate>(`templates/${id}`, draft),
  removeTemplate: (id: number) => post<undefined>(`templates/${id}/remove`),
  readyTemplates: (no: string, step: string) => get<ReadyTemplate[]>(`events/${encodeURIComponent(no)}/templates`, { step }),
};
