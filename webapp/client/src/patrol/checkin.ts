/* A check-in on the phone: which grid, when, and where it stands on its way to the centre. Pure. */
import type { NewCheckIn } from "../shared/api/index.ts";
import type { Place } from "./report.ts";
import { type Failure, passing, type Setback } from "./report.ts";

/** A check-in. The place is only there until the centre has it, or has refused it: then it is dropped here too. */
export interface CheckIn {
  readonly client_id: string;
  readonly owner: string;
  readonly grid: string;
  readonly grid_name: string;
  readonly device_at: string;
  readonly place: Place | null;
  readonly standing: "waiting" | "delivered" | "failed";
  readonly failure: Failure | null;
  readonly attempts: number;
}

/** One just made, on the spot. */
export function checkedIn(options: { readonly client_id: string; readonly owner: string; readonly grid: string; readonly grid_name: string; readonly place: Place; readonly now: Date }): CheckIn {
  const { now, ...rest } = options;
  return { ...rest, device_at: now.toISOString(), standing: "waiting", failure: null, attempts: 0 };
}

/** The body of POST /patrol/check-ins. Raises once the place has been dropped: there is nothing left to send. */
export function checkInBody(one: CheckIn): NewCheckIn {
  if (one.place === null) throw new Error("the check-in has been answered already");
  const { lng, lat, accuracy_m } = one.place;
  return { client_id: one.client_id, grid: one.grid, point: { lng, lat, crs: "wgs84", accuracy_m }, device_at: one.device_at };
}

/** After a setback: it waits where trying again can help, else it has failed with the reason, and the place goes. */
export function checkInSetBack(one: CheckIn, setback: Setback): CheckIn {
  const failure = { code: setback.code, message: setback.message, field: setback.field };
  const again = passing(setback);
  return { ...one, standing: again ? "waiting" : "failed", place: again ? one.place : null, failure, attempts: one.attempts + 1 };
}

/** Once the centre has it. */
export function checkInDelivered(one: CheckIn): CheckIn {
  return { ...one, standing: "delivered", place: null, failure: null };
}

/** Whether it has nothing more to say: answered, and of three days ago. */
export function checkInOutdated(one: CheckIn, now: Date): boolean {
  return one.standing !== "waiting" && now.getTime() - Date.parse(one.device_at) > 3 * 86_400_000;
}

/** The check-in of a grid that its row shows: the latest of that local day. */
export function latestOf(all: readonly CheckIn[], grid: string, now: Date): CheckIn | null {
  const today = dayOf(now.toISOString());
  const found = all.filter((one) => one.grid === grid && dayOf(one.device_at) === today);
  return found.reduce<CheckIn | null>((last, one) => (last === null || one.device_at > last.device_at ? one : last), null);
}

const format = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" });

function dayOf(moment: string): string {
  return format.format(Date.parse(moment));
}
