/* Who works on an event, and which tickets it answers. */
import type { EventCard } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { useNow } from "../shared/ticking.ts";
import { Badge, Panel, When } from "../shared/ui/index.ts";
import { CallerLine } from "./caller.tsx";
import { TaskList } from "./shares.tsx";

export function Tasks({ card }: { card: EventCard }) {
  if (!card.tasks.length) return null;
  return (
    <Panel title={gettext("Tasks")}>
      <TaskList tasks={card.tasks} all />
    </Panel>
  );
}

export function Tickets({ card }: { card: EventCard }) {
  const now = useNow(60_000);
  if (!card.ticket_rows.length) return null;
  return (
    <Panel title={gettext("Hotline tickets")}>
      <ul class="stack">
        {card.ticket_rows.map((ticket) => (
          <li key={ticket.order_no} class="small">
            <p>
              <span class="mono strong">{ticket.order_no}</span> {ticket.order_type} {ticket.secret && <Badge>{gettext("Secret")}</Badge>} {ticket.want_callback && <Badge>{gettext("wants an answer")}</Badge>}
            </p>
            {ticket.reply_deadline && <p class="dim">{gettext("Answer by")} <When at={ticket.reply_deadline} now={now} left /></p>}
            {ticket.satisfaction && <p>{say("Called back: %(answer)s", { answer: ticket.satisfaction })}</p>}
            {ticket.attachments.map((address) => (
              <p key={address} class="dim attached">
                {gettext("Attached")} <span class="mono">{address}</span>
              </p>
            ))}
            <CallerLine card={card} ticket={ticket} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
