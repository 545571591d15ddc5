/** The control that names another event: by its number, or one of those that may be the same. */
import { Button } from "../ui/basics.tsx";
import { TextInput, type Tie } from "../ui/fields.tsx";
import { CandidateLines, useCandidates } from "../duplicates.tsx";
import type { EventCard } from "../api/index.ts";
import { gettext, say } from "../i18n.ts";
import { type FieldValue, textOf } from "./values.ts";

export function EventControl({ event, value, onChange, tie }: { event: EventCard; value: FieldValue; onChange: (value: FieldValue) => void; tie: Tie }) {
  const found = (useCandidates(event, true) ?? []).filter((one) => one.hindrance === "");
  const chosen = textOf(value).trim().toUpperCase();
  return (
    <div class="stack">
      <TextInput tie={tie} value={textOf(value)} maxLength={24} placeholder={gettext("Number of the event, such as EV20261121-0042")} onInput={onChange} />
      {found.length > 0 && (
        <ul class="duplicates">
          {found.map((one) => (
            <CandidateLines key={one.event.no} candidate={one}>
              <Button pressed={chosen === one.event.no} label={say("Choose %(no)s", { no: one.event.no })} onClick={() => onChange(one.event.no)}>
                {gettext("Choose")}
              </Button>
            </CandidateLines>
          ))}
        </ul>
      )}
    </div>
  );
}
