/* Other words in the place of what an entry said, because it held personal data. For the shift lead who holds the event. */
import { useState } from "preact/hooks";
import { api, asProblem, type EventCard } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Button, Field, Select, TextArea, toast } from "../shared/ui/index.ts";
import { AskDialog } from "./askdialog.tsx";

export function Redaction({ card, onCard }: { card: EventCard; onCard: (card: EventCard) => void }) {
  const [open, setOpen] = useState(false);
  if (card.may_redact !== true || !card.journal.some((item) => item.text)) return null;
  return (
    <>
      <span class="no-print">
        <Button kind="quiet" icon="shield" onClick={() => setOpen(true)}>
          {gettext("Redact words")}
        </Button>
      </span>
      {open && <Form card={card} onClose={() => setOpen(false)} onCard={onCard} />}
    </>
  );
}

interface FormProps {
  card: EventCard;
  onClose: () => void;
  onCard: (card: EventCard) => void;
}

function Form({ card, onClose, onCard }: FormProps) {
  const spoken = card.journal.filter((item) => item.text);
  const [entry, setEntry] = useState(String(spoken[0]?.version ?? ""));
  const [instead, setInstead] = useState(spoken[0]?.text ?? "");
  const [reason, setReason] = useState("");
  const options = spoken.map((item) => ({ value: String(item.version), label: `${item.version}. ${item.step_label} · ${item.actor}` }));
  const choose = (value: string): void => {
    setEntry(value);
    setInstead(spoken.find((item) => String(item.version) === value)?.text ?? "");
  };
  const save = async (): Promise<void> => {
    try {
      onCard(await api.redact(card.no, { version: card.version, entry: Number(entry), instead, reason }));
    } catch (thrown) {
      /* An entry stays what it was, whatever came after it: with the event as it is now, sending again goes through. */
      const now = asProblem(thrown).body["event"] as EventCard | undefined;
      if (now) onCard(now);
      throw thrown;
    }
    toast(gettext("The words are replaced; the journal says so."));
  };
  return (
    <AskDialog title={gettext("Redact words")} icon="shield" action={gettext("Replace the words")} send={save} onClose={onClose}>
      {(wrong) => (
        <>
          <p class="small dim">{gettext("For names, numbers and the like. The old words can't be brought back; the journal keeps their digest, your name and your reason.")}</p>
          <Field label={gettext("Entry")} required>
            {(tie) => <Select tie={tie} value={entry} options={options} onChange={choose} />}
          </Field>
          <Field label={gettext("What is to stand there instead")} required>
            {(tie) => <TextArea tie={tie} value={instead} maxLength={2000} onInput={setInstead} />}
          </Field>
          <Field label={gettext("Why")} required {...(wrong ? { error: wrong } : {})}>
            {(tie) => <TextArea tie={tie} value={reason} maxLength={2000} onInput={setReason} />}
          </Field>
          {!wrong && <p class="small dim">{say("Entry %(entry)s of %(no)s", { entry, no: card.no })}</p>}
        </>
      )}
    </AskDialog>
  );
}
