/** What the API says of sharing between organisations. */
import type { IsoTime, Page } from "./types.ts";

export type GrantAct = "approve" | "refuse" | "withdraw" | "end";

/** A grant, or a request for one. */
export interface GrantRow {
  id: number;
  /** Given by one of the reader's organisations, or received by it. */
  side: string;
  owner: string;
  grantee: string;
  place: string;
  path: string;
  classes: { code: string; name: string }[];
  join: boolean;
  reason: string;
  since: IsoTime;
  until: IsoTime;
  standing: string;
  standing_label: string;
  asked_by: string;
  asked_at: IsoTime;
  answered_by: string;
  answered_at: IsoTime | null;
  answer: string;
  ended_by: string;
  ended_at: IsoTime | null;
  ending: string;
  acts: { act: string; label: string; reason_needed: boolean }[];
}

export interface GrantPage extends Page<GrantRow> {
  sides: { code: string; count: number }[];
  may_ask: boolean;
}

/** An organisation, and the region that it works in. */
export interface Party {
  id: number;
  name: string;
  kind: string;
  level: string;
  path: string;
}

export interface AskForm {
  grantees: Party[];
  owners: Party[];
  regions: { path: string; name: string; level: string }[];
}

export interface GrantRequest {
  owner: number;
  path: string;
  classes: string[];
  reason: string;
  since: string;
  until: string;
  join: boolean;
  grantee: number | null;
}

/** Why a reader sees an event that its own posts would not show. */
export interface SharedView {
  grant: number;
  by: string;
  until: IsoTime;
  join: boolean;
  words: string;
}
