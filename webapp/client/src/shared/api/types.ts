/** The shapes that /api/v1 speaks. The one place for them, with the files beside it; times are ISO 8601, coordinates WGS-84 degrees, distances metres. */
import type { SavedView } from "./desk.ts";
import type { GoesOn, TakenIn } from "./duplicates.ts";
import type { FieldTask } from "./patroltypes.ts";
import type { SharedView } from "./sharingtypes.ts";
import type { SiteRow } from "./sites.ts";
import type { EventTask, OwnShare } from "./tasks.ts";

export type * from "./patroltypes.ts";
export type * from "./sites.ts";
export type { EventTask, OwnShare };

export type IsoTime = string;
export type Box = [west: number, south: number, east: number, north: number];

export interface EventRow {
  id: number;
  no: string;
  version: number;
  state: string;
  state_label: string;
  category: { code: string; name: string } | null;
  urgent: boolean;
  restricted: boolean;
  source: string;
  source_label: string;
  lng: number | null;
  lat: number | null;
  path: string;
  /** 15-digit code; null while the event has no grid. */
  grid: string | null;
  place: string;
  address: string;
  holder: string;
  lead: string | null;
  reported_at: IsoTime;
  ended_at: IsoTime | null;
  due_at: IsoTime | null;
  stage: string | null;
  stage_due_at: IsoTime | null;
  stage_near_at: IsoTime | null;
  returns: number;
  reworks: number;
  urges: number;
  tickets: number;
  /** How often it was taken up again after it had ended. */
  reopens: number;
  supervision: Supervision;
  /** What was applied for and waits for an answer. */
  asked: "" | "extension" | "suspension";
  /** The number of the event that goes on for it. */
  merged_into: string | null;
  /** How many are merged into it. */
  taken_in: number;
  /** Joint shares in hand. */
  joint: number;
  /** Joint shares that were handed back, and nobody named instead yet. */
  joint_returned: number;
}

/** How hard it is pressed for, by a supervisor or by the watch over the time allowed. */
export type Supervision = "none" | "normal" | "yellow" | "red";

export type FieldKind = "text" | "longtext" | "photos" | "organisation" | "organisations" | "category" | "point" | "choice" | "amount" | "date" | "bool" | "event";

export interface StepField {
  name: string;
  kind: FieldKind;
  label: string;
  required: boolean;
  help: string;
  choices: { value: string; label: string }[] | null;
}

export interface AllowedStep {
  step: string;
  label: string;
  primary: boolean;
  key: string | null;
  /** What taking it means for the clock, e.g. "14:47 前签收"; may be "". */
  effect: string;
  fields: StepField[];
  /** The steps that this one takes back, right after them. */
  undoes?: string[];
}

export interface Photo {
  sha256: string;
  url: string;
  thumb: string;
  shows: "before" | "after" | "check";
  distance_m: number | null;
  version: number;
}

export interface JournalItem {
  version: number;
  at: IsoTime;
  device_at: IsoTime | null;
  step: string;
  step_label: string;
  actor: string;
  role_label: string;
  organisation: string;
  from_state: string | null;
  to_state: string;
  sentence: string;
  text: string;
  photos: Photo[];
  payload: Record<string, unknown>;
}

export interface StageTimer {
  stage: string;
  label: string;
  clock: string;
  /** Whose working hours it is counted in. */
  organisation?: string;
  allowance_min: number;
  used_min: number;
  started_at: IsoTime;
  due_at: IsoTime | null;
  /** Since when it stands still, where the server says so. */
  paused_at?: IsoTime | null;
  stopped_at: IsoTime | null;
  /** Where the server counts it; the browser counts it else. */
  mark?: MarkKind;
}

export interface Ticket {
  order_no: string;
  order_type: string;
  want_callback: boolean;
  reply_deadline: IsoTime | null;
  caller: { name: string; phone: string } | null;
  secret: boolean;
  attachments: string[];
  /** In words; "" when nobody has asked. */
  satisfaction: string;
  /** The time for keeping who called is over. */
  purged: boolean;
}

export interface Suggestion {
  organisation: number;
  name: string;
  reason: string;
}

export interface EventCard extends EventRow {
  description: string;
  reporter: string;
  given_point: { lng: number; lat: number; crs: string } | null;
  accuracy_m: number | null;
  /** By which place the address alone put it on the map, while nobody has put it right. */
  matched: { place: string; score: number; words: string } | null;
  photos: Photo[];
  journal: JournalItem[];
  timers: StageTimer[];
  tasks: EventTask[];
  /** The tickets that the row counts, whole. */
  ticket_rows: Ticket[];
  allowed_steps: AllowedStep[];
  seen_by: string[];
  /** Why the reader sees it, where that is another organisation's grant alone. */
  shared?: SharedView | null;
  goes_on: GoesOn | null;
  merged: TakenIn[];
  /** Whether the reader may take personal data out of what was said. */
  may_redact?: boolean;
  /** Which years' holidays its deadlines were counted without; "" for none. */
  calendar_warning: string;
  /** Why the system left it to a dispatcher, though its category is dispatched by itself. */
  waits?: string;
  /** Whom it should go to, while it waits for dispatch. */
  suggestion?: Suggestion | null;
}

/** over, near, normal, done, wait: urgency said by shape, colour and word. */
export type MarkKind = "over" | "near" | "normal" | "done" | "wait";

export interface Me {
  username: string;
  name: string;
  posts: { role: string; role_label: string; organisation: number; organisation_name: string; level: string; path: string }[];
  grids: { code: string; name: string; path: string; place: string }[];
  can: { report: boolean; watch: boolean; accept: boolean; dispatch: boolean; deliveries: boolean; audit: boolean; overview: boolean };
}

export interface Category {
  code: string;
  name: string;
  major: string;
  major_name: string;
  keywords: string[];
  self_resolvable: boolean;
  urgent: boolean;
  restricted: boolean;
  handle: string;
}

/** A place that an address may mean; `bbox` of a region only, `why` in the reader's language, score from 0 to 1. */
export interface Placement {
  name: string;
  kind: string;
  kind_label: string;
  code: string;
  path: string;
  place: string;
  lng: number;
  lat: number;
  reach_m: number;
  bbox: Box | null;
  score: number;
  sure: boolean;
  why: string[];
}

export interface GridAt {
  grid: { code: string; name: string; path: string; place: string };
  bbox: Box;
}

export interface Region {
  code: string;
  name: string;
  level: string;
  path: string;
  bbox: Box;
  children: number;
}

export interface GridCard {
  code: string;
  name: string;
  place: string;
  path: string;
  kind: string;
  households: number | null;
  bbox: Box;
  officers: { name: string; organisation: string; stands_in_for: string | null; last_check_in: { at: IsoTime; place: string } | null }[];
  open_events: EventRow[];
  sites: SiteRow[];
}

export interface TileSet {
  url: string;
  minzoom: number;
  maxzoom: number;
}

export interface MapSettings {
  bounds: Box;
  home: { bbox: Box; name: string };
  /** `sites`, `components` and `devices` are absent where none are for the reader. */
  tiles: { base: TileSet; ground: TileSet; sites?: TileSet; components?: TileSet; devices?: TileSet };
  watermark: string;
  now: IsoTime;
}

export interface MapEvents {
  seq: number;
  rows: EventRow[];
}

export interface FeedPlace {
  seq: number;
}

export interface WorkView {
  code: string;
  group: string;
  label: string;
  count: number | null; // of one that searches for words none is counted
  mark: MarkKind | null;
  /** What it is made of, where somebody keeps it. */
  saved?: SavedView | null;
}

/** A line of a worklist: the steps that the reader may take, and the verification or check in hand. */
export interface WorkRow extends EventRow {
  allowed: string[];
  /** The reader's own joint share. */
  share: OwnShare | null;
  task?: FieldTask | null;
}

export interface WorkPage {
  rows: WorkRow[];
  total: number;
  next: string | null;
  views: WorkView[];
  /** Common words were looked for everywhere only in what was reported from then on; null where in everything. */
  since: IsoTime | null;
}

export interface PhotoReceipt {
  sha256: string;
  url: string;
  thumb: string;
  width: number;
  height: number;
  taken_at: IsoTime | null;
  point: { lng: number; lat: number } | null;
}

export type Crs = "wgs84" | "gcj02" | "bd09" | "cgcs2000";

export interface NewEvent {
  client_id: string;
  category: string;
  point: { lng: number; lat: number; crs: Crs; accuracy_m: number | null };
  address?: string;
  description: string;
  photos: string[];
  device_at: IsoTime | null;
  self_resolve: { description: string; photos: string[] } | null;
  urgent?: boolean;
}

export interface OrganisationChoice {
  id: number;
  name: string;
  kind: string;
  suggested: boolean;
  reason: string;
  /** What follows for the clock if this one is chosen: its own working hours count. */
  effect: string;
  /** Suggested as: "lead", "joint", or "". */
  role: string;
  /** Has a joint share of it in hand. */
  shares: boolean;
}

export interface Delivery {
  id: string;
  order_no: string;
  event_no: string;
  number: number;
  step: string;
  state: string;
  state_label: string;
  created_at: IsoTime;
  next_at: IsoTime | null;
  delivered_at: IsoTime | null;
  attempts: { number: number; at: IsoTime; code: number | null; milliseconds: number; answer: string; error: string; by_hand: boolean }[];
}

export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

export interface AuditRow {
  id: number;
  at: IsoTime;
  actor: string;
  organisation: string;
  action: string;
  action_label: string;
  subject_kind: string;
  subject_label: string;
  subject: string;
  result: string;
  result_label: string;
  address: string;
  detail: Record<string, unknown>;
}

/** Rows of the trail, and the codes that one may ask for. */
export interface AuditPage extends Page<AuditRow> {
  actions: { value: string; label: string }[];
  kinds: { value: string; label: string }[];
}

/** RFC 9457, as every refusal of the API is told. */
export interface Problem {
  type?: string;
  title?: string;
  status: number;
  code: string;
  detail: string;
  request_id?: string;
  errors?: { field: string; message: string }[];
  [extra: string]: unknown;
}
