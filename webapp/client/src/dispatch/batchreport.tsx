/* What became of every event of a batch, those that were not done first, each with its reason and a way to it. */
import type { BatchOutcome, MarkKind } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Button, Dialog, Mark } from "../shared/ui/index.ts";
import { resultWords, told } from "./batch.ts";
import { eventPage } from "../shared/eventpage.ts";

const MARKS: Readonly<Record<BatchOutcome["result"], MarkKind>> = { done: "done", refused: "over", changed: "near", unreached: "wait" };

export function BatchReport({ label, outcomes, onClose }: { label: string; outcomes: readonly BatchOutcome[]; onClose: () => void }) {
  const { done, others } = told(outcomes);
  return (
    <Dialog
      title={say("%(step)s: %(done)s done, %(others)s not", { step: label, done: done.length, others: others.length })}
      icon="alert"
      wide
      onClose={onClose}
      foot={
        <Button kind="primary" onClick={onClose}>
          {gettext("Close")}
        </Button>
      }
    >
      <ul class="batch-report">
        {[...others, ...done].map((one) => (
          <li key={one.no} class="row">
            <Mark kind={MARKS[one.result]} />
            <a class="mono" href={eventPage(one.no)}>
              {one.no}
            </a>
            <span class="strong">{resultWords(one.result)}</span>
            <span class="dim grow">{one.result === "done" ? one.state_label : one.detail}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
