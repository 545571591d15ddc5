/** The shapes of evaluation: indicators of a period as of a time, and what each of them counted. */
import type { IsoTime, Page } from "./types.ts";

/** Which report of the indicators: days of the prefecture, both counted; what is empty is left to the server. */
export interface EvaluationFilter {
  from: string;
  to: string;
  region: string;
  category: string;
  by: string;
  as_of: string;
}

/** Hits of how many; `percent` has two decimals, `firm` says that there is enough to compare. */
export interface IndicatorValue {
  hits: number;
  of: number;
  percent: string | null;
  firm: boolean;
}

export interface Indicator {
  code: string;
  name: string;
  formula: string;
  hits_label: string;
  of_label: string;
  better: "higher" | "lower";
  /** What stands behind the number. */
  behind: "events" | "grids";
  /** Why it is not counted by what is asked for; empty: it is. */
  not_by: string;
  now: IndicatorValue;
  before: IndicatorValue;
}

/** An indicator that a report does not have, and why. */
export interface Uncounted {
  code: string;
  name: string;
  formula: string;
  why: string;
}

export interface EvaluationGroup {
  key: string;
  label: string;
  values: Record<string, IndicatorValue & { rank: number | null }>;
}

export interface TrendPoint {
  start: IsoTime;
  values: Record<string, IndicatorValue>;
}

export interface Choice {
  value: string;
  label: string;
}

export interface Evaluation {
  since: string;
  until: string;
  before_since: string;
  before_until: string;
  as_of: IsoTime;
  region: string;
  region_label: string;
  category: string;
  by: string;
  breakdowns: Choice[];
  indicators: Indicator[];
  uncounted: Uncounted[];
  groups: EvaluationGroup[];
  trend: TrendPoint[];
}

/** One thing that an indicator counted, with its event as it stood then. */
export interface CountedRow {
  no: string;
  category: string;
  place: string;
  lead: string;
  at: IsoTime;
  hit: boolean;
  reported_at: IsoTime;
  due_at: IsoTime | null;
  finished_at: IsoTime | null;
  closed_at: IsoTime | null;
  /** How an upheld appeal makes it count; empty: as the journal says. */
  corrected: "" | "hit" | "miss";
}

export interface CountedPage extends Page<CountedRow> {
  total: number;
  withheld: number;
}

/** A grid behind the patrol coverage: for how many periods it was due, and visited as due in how many. */
export interface CountedGrid {
  code: string;
  place: string;
  due: number;
  visited: number;
}

export interface CountedGridPage extends Page<CountedGrid> {
  total: number;
}

/** One row of the yearly self-assessment; `actual` and `score` are null while it waits for a figure. */
export interface AssessmentRow {
  code: string;
  first: string;
  second: string;
  third: string;
  weight: number;
  target: string;
  unit: string;
  origin: "journal" | "register" | "hand";
  actual: string | null;
  score: number | null;
  reason: string;
  evidence: string;
  entered_by: string;
  entered_at: IsoTime | null;
}

export interface Assessment {
  title: string;
  year: number;
  region: string;
  region_label: string;
  may_enter: boolean;
  weights: number;
  score: number;
  missing: number;
  rows: AssessmentRow[];
}

/** What counts of an event for one indicator now; not `counted`: left out by a correction. */
export interface CountedItem {
  indicator: string;
  name: string;
  at: IsoTime;
  hit: boolean;
  counted: boolean;
}

export interface Appeal {
  id: number;
  no: string;
  version: number;
  indicator: string;
  name: string;
  at: IsoTime;
  hit: boolean;
  organisation: string;
  state: "open" | "upheld" | "dismissed" | "restored";
  state_label: string;
  verdict: string;
  verdict_label: string;
  asked_at: IsoTime;
  asked_by: string;
  reason: string;
  decided_at: IsoTime | null;
  decided_by: string;
  decision: string;
}

export interface Counting {
  no: string;
  version: number;
  may_appeal: boolean;
  /** The ids of the appeals that the reader decides. */
  may_decide: number[];
  items: CountedItem[];
  appeals: Appeal[];
}
