/* What a change would do, asked while it is typed; what was changed before; a dialog that shows the one and saves. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiProblem, asProblem } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { fullTimeText } from "../shared/time.ts";
import { Button, Dialog, Empty, type IconName, Mark, Note } from "../shared/ui/index.ts";
import type { Change, Effect } from "./api.ts";

const PATIENCE_MS = 350;

interface Asked {
  effects: Effect[];
  problem: ApiProblem | null;
}

/** Asks `ask` whenever `question` has stood still for a moment; an empty question asks nothing. An older answer never overtakes a newer. */
export function useEffects(question: string, ask: () => Promise<Effect[]>): Asked {
  const [found, setFound] = useState<Asked>({ effects: [], problem: null });
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (question === "") {
      setFound({ effects: [], problem: null });
      return undefined;
    }
    let gone = false;
    const timer = setTimeout(() => {
      latest.current().then(
        (effects) => !gone && setFound({ effects, problem: null }),
        (thrown: unknown) => !gone && setFound({ effects: [], problem: asProblem(thrown) }),
      );
    }, PATIENCE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [question]);
  return found;
}

export function Effects({ effects }: { effects: Effect[] }) {
  return (
    <section class="effects" aria-live="polite" aria-label={gettext("What it would do")}>
      <h3>{gettext("What it would do")}</h3>
      {effects.length === 0 ? (
        <p class="dim small">{gettext("Fill in the form; the effect shows here before anything is saved.")}</p>
      ) : (
        <ul>
          {effects.map((one) => (
            <li key={one.text} class="row">
              <Mark kind={one.weight === "obstacle" ? "over" : one.weight === "warning" ? "near" : "normal"} /> <span>{one.text}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface SaveProps {
  title: string;
  icon: IconName;
  action: string;
  danger?: boolean;
  /** Changes whenever the form does; empty while it can't be asked about. */
  question: string;
  ask: () => Promise<Effect[]>;
  save: () => Promise<void>;
  onClose: () => void;
  /** After a 409: take the present version, keep what was typed. */
  again?: () => Promise<void>;
  /** The fields; `wrong(name)` is what is wrong with one of them. */
  children: (wrong: (field: string) => string) => ComponentChildren;
}

/** A form with its effect beside it. What was typed stays whatever the server says. */
export function SaveDialog({ title, icon, action, danger = false, question, ask, save, onClose, again, children }: SaveProps) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ problem: ApiProblem; question: string } | null>(null);
  const { effects, problem } = useEffects(question, ask);
  const said = refused && refused.question === question ? refused.problem : problem;
  const wrong = (field: string): string => (said ? said.field(field) : "");
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await save();
      onClose();
    } catch (thrown) {
      setRefused({ problem: asProblem(thrown), question });
      setBusy(false);
    }
  };
  const takeNew = async (): Promise<void> => {
    await again?.();
    setRefused(null);
  };
  return (
    <Dialog
      title={title}
      icon={icon}
      onClose={onClose}
      wide
      foot={
        <>
          <Button kind="quiet" onClick={onClose}>
            {gettext("Cancel")}
          </Button>
          <Button kind={danger ? "danger" : "primary"} busy={busy} disabled={question === "" || barred(said, effects)} onClick={() => void go()}>
            {action}
          </Button>
        </>
      }
    >
      <form
        class="admin-form"
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        {children(wrong)}
        <button type="submit" class="unseen" tabIndex={-1} aria-hidden="true" disabled={question === "" || busy} />
      </form>
      {said && <Refused problem={said} {...(again ? { onAgain: () => void takeNew() } : {})} />}
      <Effects effects={said ? [] : effects} />
    </Dialog>
  );
}

function barred(said: ApiProblem | null, effects: Effect[]): boolean {
  return said?.code === "stale" || effects.some((one) => one.weight === "obstacle");
}

/** What is wrong with the whole, where no field says it; after a 409 a way on. */
function Refused({ problem, onAgain }: { problem: ApiProblem; onAgain?: () => void }) {
  return (
    <>
      {problem.errors.length === 0 && <Note kind="over">{problem.detail}</Note>}
      {problem.code === "stale" && onAgain && <Button onClick={onAgain}>{gettext("See how it stands now, and keep what I typed")}</Button>}
    </>
  );
}

/** Who changed what, from what to what, and when. */
export function History({ changes }: { changes: Change[] }) {
  if (changes.length === 0) return <Empty icon="info" title={gettext("Nothing was changed yet")} />;
  return (
    <ol class="history">
      {changes.map((change) => (
        <li key={change.id}>
          <p>
            <span class="strong">{change.action_label}</span> <span class="dim">{change.actor}</span> <span class="dim num">{fullTimeText(change.at)}</span>
          </p>
          <dl class="pairs small">
            {change.fields.map((field) => (
              <Pair key={field.field} label={field.label} old={field.old} now={field.new} />
            ))}
          </dl>
        </li>
      ))}
    </ol>
  );
}

function Pair({ label, old, now }: { label: string; old: string; now: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{old === "—" || old === now ? now : `${old} → ${now}`}</dd>
    </>
  );
}
