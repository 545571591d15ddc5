/* Who works on an event, and which tickets it answers. */
import type { EventCard } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { useNow } from "../shared/ticking.ts";
import { Badge, Panel, When } from "../shared/ui/index.ts";
import { CallerLine } from "./caller.tsx";

function kindWords(kind: string): string {
  const words: Record<string, string> = { lead: gettext("Lead"), joint: gettext("Joint"), check: gettext("Check"), verify: gettext("Verify") };
  return words[kind] ?? kind;
}

function stateWords(state: string): string {
  const words: Record<string, string> = { assigned: gettext("Assigned"), signed: gettext("Signed"), finished: gettext("Finished"), returned: gettext("Returned"), recalled: gettext("Taken back") };
  return words[state] ?? state;
}

export function Tasks({ card }: { card: EventCard }) {
  if (!card.tasks.length) return null;
  return (
    <Panel title={gettext("Tasks")}>
      <dl class="pairs small">
        {card.tasks.map((task, at) => (
          <TaskLine key={at} task={task} />
        ))}
      </dl>
    </Panel>
  );
}

function TaskLine({ task }: { task: EventCard["tasks"][number] }) {
  return (
    <>
      <dt>{kindWords(task.kind)}</dt>
      <dd>
        {task.organisation} {task.user} <Badge>{stateWords(task.state)}</Badge>
      </dd>
    </>
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
