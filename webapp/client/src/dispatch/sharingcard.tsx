/* One grant or request: who lets whom read what, where and until when; and what may be done about it. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api, asProblem, type GrantAct, type GrantRow, type MarkKind } from "../shared/api/index.ts";
import { fill, gettext, pgettext, say } from "../shared/i18n.ts";
import { useNow } from "../shared/ticking.ts";
import { fullText, whenText } from "../shared/time.ts";
import { Badge, Button, Field, TextArea, toast } from "../shared/ui/index.ts";
import { AskDialog } from "./askdialog.tsx";

const MARKS: Readonly<Record<string, MarkKind>> = { holds: "done", asked: "near", coming: "normal" };

interface CardProps {
  row: GrantRow;
  /** The row as it stands now, when somebody was faster. */
  onRow: (row: GrantRow) => void;
  onDone: () => void;
}

export function GrantCard({ row, onRow, onDone }: CardProps) {
  const now = useNow(60_000);
  const [acting, setActing] = useState<GrantRow["acts"][number] | null>(null);
  const mark = MARKS[row.standing];
  return (
    <article class="sharing-card" aria-labelledby={`grant-${row.id}`}>
      <div class="sharing-head">
        <h2 id={`grant-${row.id}`}>{titleOf(row)}</h2>
        <Badge {...(mark ? { kind: mark } : {})}>{row.standing_label}</Badge>
        {row.join && <Badge>{gettext("Takes part")}</Badge>}
      </div>
      <dl class="sharing-facts small">
        <Fact name={gettext("Categories")}>{row.classes.map((one) => `${one.code} ${one.name}`).join("、")}</Fact>
        <Fact name={pgettext("sharing", "Where")}>{row.place}</Fact>
        <Fact name={pgettext("sharing", "Period")}>{say("%(since)s to %(until)s", { since: fullText(row.since), until: fullText(row.until) })}</Fact>
        <Fact name={pgettext("sharing", "What for")}>{row.reason}</Fact>
        <Fact name={pgettext("sharing", "Asked")}>
          {row.asked_by} {whenText(row.asked_at, now)}
        </Fact>
        {row.answered_at !== null && (
          <Fact name={pgettext("sharing", "Answered")}>
            {row.answered_by} {whenText(row.answered_at, now)} {row.answer}
          </Fact>
        )}
        {row.ended_at !== null && (
          <Fact name={pgettext("sharing", "Ended")}>
            {row.ended_by} {whenText(row.ended_at, now)} {row.ending}
          </Fact>
        )}
      </dl>
      {row.acts.length > 0 && (
        <div class="sharing-acts">
          {row.acts.map((act) => (
            <Button key={act.act} {...(act.act === "approve" ? { kind: "primary" as const } : {})} onClick={() => setActing(act)}>
              {act.label}
            </Button>
          ))}
        </div>
      )}
      {acting && <Acting row={row} act={acting} onClose={() => setActing(null)} onRow={onRow} onDone={onDone} />}
    </article>
  );
}

/** Who lets whom read; of what was never granted, who asked whom. */
export function titleOf(row: Pick<GrantRow, "owner" | "grantee" | "standing" | "answered_at">): string {
  const granted = row.answered_at !== null && row.standing !== "refused";
  const words = granted ? gettext("%(owner)s to %(grantee)s") : gettext("%(grantee)s asks %(owner)s");
  return fill(words, { owner: row.owner, grantee: row.grantee });
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="pairs">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function actWords(act: string): { title: string; help: string } {
  const words: Record<string, { title: string; help: string }> = {
    approve: { title: gettext("Let them read these events?"), help: gettext("It begins at once or on its first day, and ends by itself. Disputes and secret orders stay out of it.") },
    refuse: { title: gettext("Refuse the request?"), help: gettext("Who asked reads the reason.") },
    withdraw: { title: gettext("Take the request back?"), help: gettext("Nobody will have read anything.") },
    end: { title: gettext("End the sharing now?"), help: gettext("Open lists and maps lose sight of the events within seconds. Joint shares given meanwhile remain.") },
  };
  return words[act] ?? { title: act, help: "" };
}

interface ActingProps extends CardProps {
  act: GrantRow["acts"][number];
  onClose: () => void;
}

function Acting({ row, act, onClose, onRow, onDone }: ActingProps) {
  const [text, setText] = useState("");
  const { title, help } = actWords(act.act);
  const send = async (): Promise<void> => {
    try {
      const done = await api.actOnGrant(row.id, { act: act.act as GrantAct, text: text.trim() });
      toast(say("%(grantee)s: %(standing)s", { grantee: done.grantee, standing: done.standing_label }));
      onDone();
    } catch (thrown) {
      const standing = asProblem(thrown).body["grant"];
      if (standing) onRow(standing as GrantRow);
      throw thrown;
    }
  };
  return (
    <AskDialog title={title} icon="shield" action={act.label} send={send} onClose={onClose}>
      {(wrong) => (
        <>
          <p class="small dim">{help}</p>
          <Field label={act.act === "approve" ? pgettext("sharing", "Remark") : gettext("Why")} required={act.reason_needed} {...(wrong ? { error: wrong } : {})}>
            {(tie) => <TextArea tie={tie} value={text} maxLength={500} onInput={setText} />}
          </Field>
        </>
      )}
    </AskDialog>
  );
}
