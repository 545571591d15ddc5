/** What the hotline's pages ask of the server. */
import type { IsoTime } from "./types.ts";

/** Who called, to be shown for so many seconds and kept nowhere. */
export interface Unmasked {
  name: string;
  phone: string;
  seconds: number;
}

/** How it stands with the hotline's endpoint; `behind`: orders whose last delivery was given up. */
export interface Endpoint {
  closed_at: IsoTime | null;
  waiting: number;
  oldest_waiting: IsoTime | null;
  dead: number;
  behind: number;
  may_open: boolean;
}

export interface DeliverySpan {
  since: IsoTime;
  until: IsoTime;
  state: "dead" | "pending" | "delivered";
}
