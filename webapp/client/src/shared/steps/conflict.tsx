/** 409: what changed and by whom, what one had typed, and the ways on. Nothing typed is lost before a choice. */
import type { AllowedStep, EventCard, JournalItem } from "../api/index.ts";
import { gettext, ngettext, pgettext, say } from "../i18n.ts";
import { whenText } from "../time.ts";
import { Button, Note } from "../ui/basics.tsx";
import { copy } from "../ui/copying.ts";
import { Dialog } from "../ui/dialog.tsx";
import { type Changed, changed, newSince } from "./changes.ts";
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

export function ConflictDialog({ conflict, runner, onCard, onAgain, values = {} }: ConflictProps) {
  const { before, now, step, why } = conflict;
  const still = now.allowed_steps.find((one) => one.step === step.step);
  const note = now.allowed_steps.find((one) => one.step === "note");
  const text = told(step, values).join("\n");
  const since = newSince(before, now);
  const giveUp = (): void => {
    runner.clear();
    onCard(now);
  };
  const back = wayBack(values, runner.clear, giveUp);
  const keepAsNote = (allowed: AllowedStep): void => void runner.submit(allowed, { text: say("Not taken (%(step)s): %(text)s", { step: step.label, text }) }, now);
  return (
    <Dialog
      title={since.length ? say("This event has just changed; your step “%(step)s” was not taken", { step: step.label }) : say("Your step “%(step)s” was not taken", { step: step.label })}
      icon="alert"
      wide
      onClose={back}
      foot={
        <>
          <Button kind="quiet" onClick={giveUp}>
            {gettext("Drop mine")}
          </Button>
          {text && !still && (
            <Button icon="copy" onClick={() => void copy(text)}>
              {gettext("Copy my words")}
            </Button>
          )}
          {note && text && step.step !== "note" && (
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
      {since.length ? <Since items={since} /> : <Note icon="alert">{why}</Note>}
      <Differences rows={changed(before, now, Date.now())} />
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

/** Closing without a choice goes to the form that holds what was typed: only a button drops that. */
function wayBack(typed: StepValues, toForm: () => void, giveUp: () => void): () => void {
  return Object.keys(typed).length > 0 ? toForm : giveUp;
}

/** Who did what meanwhile, as the journal tells it, with the words and how many photos came with it. */
function Since({ items }: { items: JournalItem[] }) {
  const now = Date.now();
  return (
    <section aria-label={gettext("What was done since you opened it")}>
      <p class="small dim">{gettext("What was done since you opened it")}</p>
      <ul class="stack">
        {items.map((item) => (
          <li key={item.version}>
            <time class="dim">{whenText(item.at, now)}</time> {item.sentence}
            {item.text && <p class="small pre quoted">{item.text}</p>}
            {item.photos.length > 0 && <p class="small dim">{ngettext("%(count)s photo", "%(count)s photos", item.photos.length)}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Differences({ rows }: { rows: Changed[] }) {
  if (rows.length === 0) return null;
  return (
    <table class="differences small">
      <thead>
        <tr>
          <th scope="col">{pgettext("conflict", "Changed")}</th>
          <th scope="col">{gettext("When you opened it")}</th>
          <th scope="col">{gettext("Now")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label}>
            <th scope="row">{row.label}</th>
            <td class="dim">{row.before || "—"}</td>
            <td class="strong">{row.now || "—"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
