/** In the bar of every console page: that the hotline is not reached, for those who can do something about it. */
import { useEffect, useState } from "preact/hooks";
import { api, type Endpoint, type Me } from "../api/index.ts";
import { gettext, ngettext } from "../i18n.ts";
import { Mark } from "./basics.tsx";

const EVERY_MS = 60_000;
const ROLES = new Set(["shift_lead", "supervisor", "leader", "integrator", "sysadmin"]);

export function DeliveryMark({ me }: { me: Me }) {
  const [state, setState] = useState<Endpoint | null>(null);
  const mine = me.posts.some((post) => ROLES.has(post.role));
  useEffect(() => {
    if (!mine) return undefined;
    const look = (): void => void api.endpoint().then(setState, () => undefined);
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [mine]);
  if (!state || (!state.closed_at && !state.behind)) return null;
  const words = state.closed_at ? gettext("The hotline's endpoint is closed") : ngettext("%(count)s order not told", "%(count)s orders not told", state.behind);
  return (
    <a class="btn btn-quiet is-over delivery-mark" href={state.closed_at ? "/deliveries" : "/deliveries?state=dead"} title={words}>
      <Mark kind="over" />
      <span class="delivery-mark-words">{words}</span>
    </a>
  );
}
