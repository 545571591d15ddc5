/** A shift note that is being written. Pure. */
import type { ShiftEvent, ShiftNote } from "../shared/api/shifts.ts";

export interface Mention {
  no: string;
  remark: string;
}

export interface Draft {
  text: string;
  mentions: readonly Mention[];
}

export const EMPTY: Draft = { text: "", mentions: [] };
export const MOST = 50;

/** A number as people type it: in capitals, without spaces. */
export function numberOf(typed: string): string {
  return typed.trim().toUpperCase();
}

/** With one more event; unchanged where it is there already, is no number, or there is no room. */
export function mentioned(draft: Draft, typed: string): Draft {
  const no = numberOf(typed);
  if (no === "" || draft.mentions.length >= MOST || draft.mentions.some((one) => one.no === no)) return draft;
  return { ...draft, mentions: [...draft.mentions, { no, remark: "" }] };
}

export function dropped(draft: Draft, no: string): Draft {
  return { ...draft, mentions: draft.mentions.filter((one) => one.no !== no) };
}

export function remarked(draft: Draft, no: string, remark: string): Draft {
  return { ...draft, mentions: draft.mentions.map((one) => (one.no === no ? { ...one, remark } : one)) };
}

/** One's own note, to be written anew: what it carried over comes again by itself. */
export function draftOf(note: ShiftNote): Draft {
  return { text: note.text, mentions: note.events.filter((one) => !one.carried).map(({ no, remark }) => ({ no, remark })) };
}

/** What will be carried over beside what is named. */
export function carriedBeside(draft: Draft, carries: readonly ShiftEvent[]): ShiftEvent[] {
  return carries.filter((one) => !draft.mentions.some((mention) => mention.no === one.no));
}
