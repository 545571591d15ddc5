/** How many channels stand around an event, in the same words wherever it is said. */
import type { ChannelsNear } from "./api/types.ts";
import { say } from "./i18n.ts";

export function nearWords({ total, metres, covering }: ChannelsNear): string {
  if (total === 0) return say("No channel that you may see within %(metres)s m.", { metres });
  return say("%(total)s within %(metres)s m, %(covering)s look here", { total, metres, covering });
}
