/** 409: what changed and by whom, what one had typed, and the ways on. Nothing typed is lost before a choice. */
import type { AllowedStep, EventCard, JournalItem } from "../api/index.ts";
import { gettext, say } from "../i18n.ts";
import { secondsText } from "../time.ts";
import { Button } from "../ui/basics.tsx";
import { Dialog } from "../ui/dialog.tsx";
import type { Conflict, Runner } from "./runner.ts";
import { type StepValues, told } from "./values.ts";

interface ConflictProps {
  conflict: Conflict;
  runner: Runner;
  /** The event as it is now; the form that was open closes. */
  onCard: (card: EventCard) => void;
  /** Sends what was typed against the event as it is now. */
  onAgain: (against: EventCard) => void;
  values?: StepValues;
}

/** What happened between the version one had and the one there is. */
export function newSince(before: EventCard, now: EventCard): JournalItem[] {
  return now.journal.filter((item) => item.version > before.version).sort((a, b) => a.version - b.version);
}

export function ConflictDialog({ conflict, runner, onCard, onAgain, values = {} }: ConflictProps) {
  const { before, now, step } = conflict;
  const still = now.allowed_steps.find((one) => one.step === step.step);
  const note = now.allowed_steps.find((one) => one.step === "note");
  const text = told(step, values).join("\n");
  const giveUp = (): void => {
    runner.clear();
    onCard(now);
  };
  const keepAsNote = (allowed: AllowedStep): void => void runner.submit(allowed, { text: say("Not taken (%(step)s): %(text)s", { step: step.label, text }) }, now);
  return (
    <Dialog
      title={say("This event has just changed; your step “%(step)s” was not taken", { step: step.label })}
      icon="alert"
      wide
      onClose={giveUp}
      foot={
        <>
          <Button kind="quiet" onClick={giveUp}>
            {gettext("Drop mine")}
          </Button>
          {note && text && (
            <Button busy={runner.busy === "note"} onClick={() => keepAsNote(note)}>
              {gettext("Keep mine as a note")}
            </Button>
          )}
          {still && (
            <Button kind="primary" busy={runner.busy === step.step} onClick={() => onAgain(now)}>
              {say("%(step)s all the same", { step: step.label })}
            </Button>
          )}
        </>
      }
    >
      <ul class="stack">
        {newSince(before, now).map((item) => (
          <li key={item.version}>
            <time class="dim">{secondsText(Date.parse(item.at))}</time> {item.sentence}
          </li>
        ))}
      </ul>
      <div class="versus">
        <div>
          <p class="small dim">{gettext("Now")}</p>
          <p class="strong">{now.state_label}</p>
          <p class="small dim">{now.lead ?? now.holder}</p>
        </div>
        <div>
          <p class="small dim">{gettext("What you were about to send (kept)")}</p>
          <p class="strong">{step.label}</p>
          <p class="small dim pre">{text}</p>
        </div>
      </div>
      {!still && <p class="small dim">{say("“%(step)s” is no longer possible in the state “%(state)s”.", { step: step.label, state: now.state_label })}</p>}
    </Dialog>
  );
}
