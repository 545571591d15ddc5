/** What /api/v1 says of patrols, check-ins and tasks on the spot. */
import type { Box, Crs, IsoTime } from "./types.ts";

/** How a grid stands by its patrol plans today. */
export type PatrolStatus = "unplanned" | "visited" | "due" | "overdue";
/** A day, e.g. "2026-03-02". */
export type IsoDay = string;

export interface OwnGrid {
  code: string;
  place: string;
  key_area: boolean;
  status: PatrolStatus;
  due_until: IsoDay | null;
  times: number;
  done: number;
  visited_on: IsoDay | null;
  checked_in_at: IsoTime | null;
  stands_in_for: string | null;
}

export interface GridPatrol {
  code: string;
  place: string;
  path: string;
  key_area: boolean;
  status: PatrolStatus;
  due_until: IsoDay | null;
  times: number;
  done: number;
  visited_on: IsoDay | null;
  due: number;
  visited: number;
  officers: string[];
}

export interface CoverageRow {
  code: string;
  name: string;
  level: string;
  path: string;
  bbox: Box;
  /** With a plan today. */
  grids: number;
  due: number;
  visited: number;
  key_due: number;
  key_visited: number;
  today_visited: number;
  today_due: number;
  today_overdue: number;
}

export interface PatrolPage {
  today: IsoDay;
  own: OwnGrid[];
  led: GridPatrol[];
  led_total: CoverageRow | null;
}

export interface Coverage {
  first: IsoDay;
  last: IsoDay;
  as_of: IsoTime;
  formula: string;
  total: CoverageRow;
  rows: CoverageRow[];
  /** Path and name of the regions above that the reader may open, itself last. */
  above: [path: string, name: string][];
}

export interface NewCheckIn {
  client_id: string;
  grid: string;
  point: { lng: number; lat: number; crs: Crs; accuracy_m: number | null };
  device_at: IsoTime;
}

export interface CheckInReceipt {
  client_id: string;
  grid: string;
  place: string;
  at: IsoTime;
  device_at: IsoTime;
}

/** A verification or check in hand: who asked, whom it went to and why. */
export interface FieldTask {
  kind: "verify" | "check";
  organisation: string;
  user: string | null;
  mine: boolean;
  assigned_at: IsoTime;
  stands_in_for: string | null;
  handed_over: boolean;
  why: string;
}
