/** How the installation stands: question and shape. */
import { get } from "./client.ts";
import type { IsoTime } from "./types.ts";

export interface StatusPart {
  code: string;
  label: string;
  /** Somebody has to do something. */
  alarm: boolean;
  words: string;
}

export interface StatusPage {
  at: IsoTime;
  alarms: number;
  /** Jobs that are due and not begun. */
  waiting: number;
  parts: StatusPart[];
}

export const statusApi = {
  read: () => get<StatusPage>("status"),
};
