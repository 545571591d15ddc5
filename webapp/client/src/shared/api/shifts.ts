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

export interface ShiftPage {
  rows: ShiftNote[];
  next: string | null;
  may_write: boolean;
  carries: ShiftEvent[];
}

export const shiftsApi = {
  list: (cursor: string) => get<ShiftPage>("shifts", { cursor }),
  write: (note: { text: string; events: { no: string; remark: string }[] }) => post<ShiftNote>("shifts", note),
  take: (id: number) => post<ShiftNote>(`shifts/${id}/take`),
};
