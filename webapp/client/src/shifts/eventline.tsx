/* An event that a note is about, as it stands now. */
import type { ShiftEvent } from "../shared/api/shifts.ts";
import { pgettext } from "../shared/i18n.ts";
import { Badge, cls } from "../shared/ui/index.ts";
import { eventPage } from "../shared/eventpage.ts";

export function EventLine({ one }: { one: ShiftEvent }) {
  return (
    <li class={cls("shift-event", one.ended && "dim")}>
      <a class="mono" href={eventPage(one.no)}>
        {one.no}
      </a>
      <span>{one.category}</span>
      <span class="dim">{one.place}</span>
      <Badge {...(one.ended ? {} : { kind: "normal" as const })}>{one.state_label}</Badge>
      {one.carried && <Badge>{pgettext("shift", "Carried over")}</Badge>}
      {one.remark && <span class="strong">{one.remark}</span>}
    </li>
  );
}
