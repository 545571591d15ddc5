/** The shapes of duplicates: what may be the same, and what a merge has made of an event. */
import type { EventRow, IsoTime } from "./types.ts";

/** An event that may be the same as another, or as a report that is being written. */
export interface Candidate {
  event: EventRow;
  score: number;
  likely: boolean;
  reasons: string[];
  /** Why it can't be merged into; "" when it can. */
  hindrance: string;
}

/** How it goes on for a merged event. */
export interface GoesOn {
  no: string;
  state: string;
  state_label: string;
  ended_at: IsoTime | null;
  seen: boolean;
}

/** What was merged into an event. */
export interface TakenIn {
  no: string;
  source_label: string;
  reported_at: IsoTime;
  merged_at: IsoTime | null;
  tickets: number;
  seen: boolean;
}
