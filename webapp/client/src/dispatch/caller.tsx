/* Who called: masked, and shown for a minute to whoever says why it is needed. Nothing keeps what was shown. */
import { useEffect, useState } from "preact/hooks";
import { api, type EventCard, type Ticket, type Unmasked } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Button, Field, TextArea } from "../shared/ui/index.ts";
import { AskDialog } from "./askdialog.tsx";

export function CallerLine({ card, ticket }: { card: EventCard; ticket: Ticket }) {
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<Unmasked | null>(null);
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setTimeout(() => setShown(null), shown.seconds * 1000);
    return () => clearTimeout(timer);
  }, [shown]);
  if (ticket.purged) return <p class="dim">{gettext("Who called was removed after the time for keeping it.")}</p>;
  if (!ticket.caller) return <p class="dim">{gettext("The caller is not for your post to see.")}</p>;
  return (
    <div class="caller">
      {shown ? (
        <p class="strong no-print" role="status">
          {say("%(name)s %(phone)s (for %(seconds)s s)", { ...shown })}
        </p>
      ) : (
        <p class="dim">
          {say("Caller %(name)s %(phone)s (masked)", ticket.caller)}{" "}
          <span class="no-print">
            <Button kind="quiet" icon="eye" onClick={() => setAsking(true)}>
              {gettext("Show")}
            </Button>
          </span>
        </p>
      )}
      {asking && <Ask card={card} ticket={ticket} onClose={() => setAsking(false)} onShown={setShown} />}
    </div>
  );
}

interface AskProps {
  card: EventCard;
  ticket: Ticket;
  onClose: () => void;
  onShown: (shown: Unmasked) => void;
}

function Ask({ card, ticket, onClose, onShown }: AskProps) {
  const [reason, setReason] = useState("");
  const show = async (): Promise<void> => onShown(await api.unmask(card.no, ticket.order_no, reason));
  return (
    <AskDialog title={gettext("Show who called")} icon="eye" action={gettext("Show for a minute")} send={show} onClose={onClose}>
      {(wrong) => (
        <>
          <p class="small">{gettext("Your name, the time and the reason are written to the audit trail before anything is shown.")}</p>
          <Field label={gettext("Why you need it")} required {...(wrong ? { error: wrong } : {})}>
            {(tie) => <TextArea tie={tie} value={reason} maxLength={200} onInput={setReason} />}
          </Field>
        </>
      )}
    </AskDialog>
  );
}
