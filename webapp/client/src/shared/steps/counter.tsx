/** The form of the step that takes back the last one, over the page that has offered it. */
import { useEffect, useState } from "preact/hooks";
import type { EventCard } from "../api/index.ts";
import { say } from "../i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import { StepForm } from "./form.tsx";
import { type Counter, drawnBy } from "./takenback.ts";

/** The form of a counter-step, when one was asked for. One on a page. */
export function CounterDialog({ onCard }: { onCard: (card: EventCard) => void }) {
  const [counter, setCounter] = useState<Counter | null>(null);
  useEffect(() => drawnBy(setCounter), []);
  if (!counter) return null;
  const close = (): void => setCounter(null);
  return (
    <Dialog title={say("%(step)s: %(no)s", { step: counter.step.label, no: counter.card.no })} icon="undo" onClose={close}>
      <StepForm
        key={counter.card.no}
        event={counter.card}
        step={counter.step}
        onCancel={close}
        onDone={(card) => {
          close();
          onCard(card);
        }}
      />
    </Dialog>
  );
}
