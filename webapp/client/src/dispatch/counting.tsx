/* How an event counts for the indicators, what an organisation contests of it, and the decision. */
import { useState } from "preact/hooks";
import { api, type ApiProblem, type Appeal, asProblem, type CountedItem, type Counting as Counted, type EventCard } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { fullTimeText } from "../shared/time.ts";
import { Badge, Button, Dialog, Empty, Field, ProblemState, Select, SkeletonRows, TextArea, toast } from "../shared/ui/index.ts";
import { AskDialog } from "./askdialog.tsx";

type Asking = { item: CountedItem } | { appeal: Appeal };

export function Counting({ card, onCard }: { card: EventCard; onCard: (card: EventCard) => void }) {
  const [open, setOpen] = useState(false);
  const [counted, setCounted] = useState<Counted | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const load = (): void => {
    setOpen(true);
    setProblem(null);
    api.counting(card.no).then(setCounted, (thrown: unknown) => setProblem(asProblem(thrown)));
  };
  const done = (found: Counted): void => {
    setCounted(found);
    api.event(card.no).then(onCard, () => undefined);
  };
  return (
    <>
      <span class="no-print">
        <Button kind="quiet" icon="layers" onClick={load}>
          {gettext("How it counts")}
        </Button>
      </span>
      {open && !asking && (
        <Dialog title={gettext("How it counts")} wide onClose={() => setOpen(false)}>
          {problem && <ProblemState title={gettext("The counting did not come")} problem={problem} retry={load} />}
          {!counted && !problem && <SkeletonRows rows={6} columns={[160, 120, 120]} />}
          {counted && !problem && <Shown counted={counted} onAsk={setAsking} />}
        </Dialog>
      )}
      {asking && counted && <Ask asking={asking} counted={counted} onDone={done} onMoved={setCounted} onClose={() => setAsking(null)} />}
    </>
  );
}

function Ask({ asking, ...rest }: AskProps & { asking: Asking }) {
  return "item" in asking ? <Contest item={asking.item} {...rest} /> : <Decide appeal={asking.appeal} {...rest} />;
}

function Shown({ counted, onAsk }: { counted: Counted; onAsk: (asking: Asking) => void }) {
  return (
    <>
      <p class="small dim">{gettext("What counts of this event now. An organisation in the case may appeal; a supervisor above it decides, and the reports of earlier times stay as they were.")}</p>
      {counted.items.length === 0 ? <Empty title={gettext("It counts for nothing")} /> : <Items counted={counted} onAsk={onAsk} />}
      {counted.appeals.map((appeal) => (
        <AppealCard key={appeal.id} appeal={appeal} mayDecide={counted.may_decide.includes(appeal.id)} onDecide={() => onAsk({ appeal })} />
      ))}
    </>
  );
}

function Items({ counted, onAsk }: { counted: Counted; onAsk: (asking: Asking) => void }) {
  return (
    <div class="register-rows" tabIndex={0} role="region" aria-label={gettext("How it counts")}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{gettext("Indicator")}</th>
            <th scope="col">{gettext("Counts as")}</th>
            <th scope="col">{gettext("In the period of")}</th>
            {counted.may_appeal && <th scope="col">{gettext("Appeal")}</th>}
          </tr>
        </thead>
        <tbody>
          {counted.items.map((item) => (
            <tr key={`${item.indicator} ${item.at}`}>
              <td>{item.name}</td>
              <td>{countsAs(item)}</td>
              <td class="num dim">{fullTimeText(item.at)}</td>
              {counted.may_appeal && (
                <td>
                  {item.counted && (
                    <Button kind="quiet" onClick={() => onAsk({ item })}>
                      {gettext("Appeal")}
                      <span class="unseen"> {item.name}</span>
                    </Button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function countsAs(item: CountedItem): string {
  if (!item.counted) return gettext("Left out of the count");
  return item.hit ? gettext("Yes") : gettext("No");
}

export function AppealCard({ appeal, mayDecide, onDecide }: { appeal: Appeal; mayDecide: boolean; onDecide: () => void }) {
  const action = { open: gettext("Decide"), upheld: gettext("Take the correction back") }[appeal.state as string];
  return (
    <section class="panel appeal">
      <p class="row wrap">
        <strong>{appeal.name}</strong>
        <Badge {...(appeal.state === "open" ? { kind: "wait" as const } : {})}>{appeal.state_label}</Badge>
        {appeal.verdict_label && <span class="small">{appeal.verdict_label}</span>}
        <span class="grow" />
        {mayDecide && action && <Button onClick={onDecide}>{action}</Button>}
      </p>
      <p>{appeal.reason}</p>
      <p class="small dim">{`${appeal.organisation} ${appeal.asked_by}, ${fullTimeText(appeal.asked_at)}`}</p>
      {appeal.decided_at && (
        <>
          <p>{appeal.decision}</p>
          <p class="small dim">{`${appeal.decided_by}, ${fullTimeText(appeal.decided_at)}`}</p>
        </>
      )}
    </section>
  );
}

interface AskProps {
  counted: Counted;
  onDone: (counted: Counted) => void;
  /** The counting as it is now, when somebody was faster. */
  onMoved: (counted: Counted) => void;
  onClose: () => void;
}

/** Sends; what is contested stays what it was, so after a 409 the same words go through with the version of now. */
async function sentOrRead(no: string, send: () => Promise<Counted>, onMoved: (counted: Counted) => void): Promise<Counted> {
  try {
    return await send();
  } catch (thrown) {
    if (asProblem(thrown).status === 409) onMoved(await api.counting(no).catch(() => Promise.reject(asProblem(thrown))));
    throw thrown;
  }
}

function Contest({ item, counted, onDone, onMoved, onClose }: AskProps & { item: CountedItem }) {
  const [reason, setReason] = useState("");
  const send = async (): Promise<void> => {
    onDone(await sentOrRead(counted.no, () => api.appeal(counted.no, { version: counted.version, indicator: item.indicator, at: item.at, reason }), onMoved));
    toast(gettext("The appeal is handed in and waits to be decided."));
  };
  return (
    <AskDialog title={say("Appeal: %(name)s", { name: item.name })} icon="note" action={gettext("Appeal")} send={send} onClose={onClose}>
      {(wrong) => (
        <Field label={gettext("Why")} required {...(wrong ? { error: wrong } : {})}>
          {(tie) => <TextArea tie={tie} value={reason} maxLength={2000} onInput={setReason} />}
        </Field>
      )}
    </AskDialog>
  );
}

function Decide({ appeal, counted, onDone, onMoved, onClose }: AskProps & { appeal: Appeal }) {
  const back = appeal.state === "upheld";
  const [decision, setDecision] = useState(back ? "restore" : "out");
  const [reason, setReason] = useState("");
  const options = [
    { value: "out", label: gettext("Upheld: left out of the count") },
    { value: "hit", label: gettext("Upheld: counts as yes") },
    { value: "miss", label: gettext("Upheld: counts as no") },
    { value: "dismiss", label: gettext("Dismissed: counts as it did") },
  ];
  const send = async (): Promise<void> => {
    onDone(await sentOrRead(counted.no, () => api.decideAppeal(counted.no, appeal.id, { version: counted.version, decision, reason }), onMoved));
    toast(gettext("Decided; the journal says so."));
  };
  return (
    <AskDialog title={appeal.name} icon="check" action={back ? gettext("Take the correction back") : gettext("Decide")} send={send} onClose={onClose}>
      {(wrong) => (
        <>
          <p>{appeal.reason}</p>
          {!back && (
            <Field label={gettext("Decision")} required>
              {(tie) => <Select tie={tie} value={decision} options={options} onChange={setDecision} />}
            </Field>
          )}
          <Field label={gettext("Why")} required {...(wrong ? { error: wrong } : {})}>
            {(tie) => <TextArea tie={tie} value={reason} maxLength={2000} onInput={setReason} />}
          </Field>
        </>
      )}
    </AskDialog>
  );
}
