/** What a phone's clock said of a step, where that is not what ours said. */
import type { JournalItem } from "./api/types.ts";
import { say } from "./i18n.ts";
import { fullText, lengthText } from "./time.ts";

/** Less is the way through the network, and no clock is better than that. */
export const WORTH_SAYING_MS = 5 * 60_000;

/**
 * A sentence with the phone's time and how far it is from ours; null where they agree. A report that waited for a signal
 * differs as one from a wrong clock does: which of the two it was nobody can know here.
 */
export function deviceTimeText(item: Pick<JournalItem, "at" | "device_at">): string | null {
  if (item.device_at === null) return null;
  const apart = Date.parse(item.device_at) - Date.parse(item.at);
  if (Math.abs(apart) < WORTH_SAYING_MS) return null;
  const values = { time: fullText(item.device_at), length: lengthText(Math.abs(apart)) };
  return apart < 0 ? say("By the phone's clock: %(time)s, %(length)s earlier", values) : say("By the phone's clock: %(time)s, %(length)s later", values);
}
