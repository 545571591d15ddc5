/** Tasks of an event, and the joint share of a reader, as /api/v1 speaks of them. */
import type { IsoTime, Supervision } from "./types.ts";

export interface EventTask {
  kind: string;
  state: string;
  organisation: string;
  /** Who did it, or was asked to. */
  user: string | null;
  number: number;
  assigned_at: IsoTime;
  signed_by: string | null;
  signed_at: IsoTime | null;
  ended_at: IsoTime | null;
  /** Of what runs of it, or of the last that ran; null where no clock is its own, or it stands still. */
  due_at: IsoTime | null;
  near_at: IsoTime | null;
  paused: boolean;
  /** How a joint share is pressed for. */
  supervision: Supervision;
  /** What was said when it ended. */
  words: string;
  /** Whom a task on the spot went to, and why; "" for others. */
  why: string;
}

/** The joint share of a reader's own organisation: its deadline is the one that counts for them. */
export interface OwnShare {
  organisation: string;
  state: string;
  stage: string;
  due_at: IsoTime | null;
  near_at: IsoTime | null;
  supervision: Supervision;
}
