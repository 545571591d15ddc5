/** Shift hand-over notes: questions and shapes. */
import { get, post } from "./client.ts";
import type { IsoTime } from "./types.ts";

export interface ShiftEvent {
  no: string;
  category: string;
  place: string;
  state_label: string;
  ended: boolean;
  remark: string;
  /** Stood in the note before and was still open. */
  carried: boolean;
}

export interface ShiftNote {
  id: number;
  centre: string;
  centre_id: number;
  text: string;
  written_by: string;
  written_at: IsoTime;
  /** "" until somebody takes over. */
  taken_by: string;
  taken_at: IsoTime | null;
  events: ShiftEvent[];
  may_take: boolean;
  may_change: boolean;
}

/** A centre whose shift the reader leads: whether a note may be written now, and the own one that waits (its id) to be written anew. */
export interface ShiftDesk {
  id: number;
  name: string;
  may_write: boolean;
  waiting: number | null;
  carries: ShiftEvent[];
}

export interface ShiftPage {
  rows: ShiftNote[];
  next: string | null;
  desks: ShiftDesk[];
}

export const shiftsApi = {
  list: (cursor: string) => get<ShiftPage>("shifts", { cursor }),
  write: (note: { centre: number; text: string; events: { no: string; remark: string }[] }) => post<ShiftNote>("shifts", note),
  /** As it was read: 409 with the `note` of now where it was written anew meanwhile. */
  take: (note: Pick<ShiftNote, "id" | "written_at">) => post<ShiftNote>(`shifts/${note.id}/take`, { written_at: note.written_at }),
};
