/* How it stands with the hotline's endpoint: closed, waiting, given up; opening it, and sending a span again. */
import { useEffect, useState } from "preact/hooks";
import { api, asProblem, type DeliverySpan, type Endpoint } from "../shared/api/index.ts";
import { gettext, ngettext, say } from "../shared/i18n.ts";
import { useNow } from "../shared/ticking.ts";
import { whenText } from "../shared/time.ts";
import { Button, Dialog, Field, Mark, Select, toast } from "../shared/ui/index.ts";

export function EndpointState({ turn, onChanged }: { turn: number; onChanged: () => void }) {
  const [state, setState] = useState<Endpoint | null>(null);
  const [busy, setBusy] = useState(false);
  const now = useNow(30_000);
  const look = (): void => void api.endpoint().then(setState, () => setState(null));
  useEffect(look, [turn]);
  if (!state || (!state.closed_at && !state.behind)) return null;
  const open = async (): Promise<void> => {
    setBusy(true);
    try {
      const { waiting } = await api.openEndpoint();
      toast(ngettext("The endpoint is open; %(count)s delivery goes out.", "The endpoint is open; %(count)s deliveries go out.", waiting));
      onChanged();
    } catch (thrown) {
      toast(asProblem(thrown).detail);
    }
    setBusy(false);
    look();
  };
  return (
    <section class="panel endpoint" role="alert">
      <div class="panel-body row">
        <Mark kind="over" />
        <p class="grow">{words(state, now)}</p>
        {state.may_open && (
          <Button kind="primary" busy={busy} onClick={() => void open()}>
            {gettext("Open it again")}
          </Button>
        )}
      </div>
    </section>
  );
}

function words(state: Endpoint, now: number): string {
  if (state.closed_at) {
    const said = say("The hotline said %(when)s that its endpoint is gone for good (410): nothing is sent there.", { when: whenText(state.closed_at, now) });
    return `${said} ${ngettext("%(count)s delivery waits.", "%(count)s deliveries wait.", state.waiting)}`;
  }
  return ngettext(
    "The hotline does not know how %(count)s order stands: its last delivery was given up. Send it again.",
    "The hotline does not know how %(count)s orders stand: their last deliveries were given up. Send them again.",
    state.behind,
  );
}

function localTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

const DAY_MS = 86_400_000;

/** A span of time and a state, counted before it is sent. */
export function ResendSpan({ onClose, onSent }: { onClose: () => void; onSent: () => void }) {
  const [since, setSince] = useState(localTime(new Date(Date.now() - DAY_MS)));
  const [until, setUntil] = useState(localTime(new Date(Date.now() + 60_000)));
  const [state, setState] = useState<DeliverySpan["state"]>("dead");
  const [found, setFound] = useState<{ count: number; most: number } | null>(null);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let gone = false;
    setFound(null);
    const asked = spanOf(since, until, state);
    if (!asked) return undefined;
    api.countSpan(asked).then(
      (answer) => !gone && (setWrong(""), setFound(answer)),
      (thrown: unknown) => !gone && setWrong(asProblem(thrown).detail),
    );
    return () => {
      gone = true;
    };
  }, [since, until, state]);
  const send = async (): Promise<void> => {
    const asked = spanOf(since, until, state);
    if (!asked) return;
    setBusy(true);
    try {
      const { count } = await api.resendSpan(asked);
      toast(ngettext("%(count)s delivery is on its way again", "%(count)s deliveries are on their way again", count));
      onSent();
      onClose();
    } catch (thrown) {
      setWrong(asProblem(thrown).detail);
      setBusy(false);
    }
  };
  const some = found !== null && found.count > 0 && found.count <= found.most;
  return (
    <Dialog
      title={gettext("Send a span again")}
      icon="send"
      onClose={onClose}
      foot={
        <>
          <Button kind="quiet" onClick={onClose}>
            {gettext("Cancel")}
          </Button>
          <Button kind="primary" busy={busy} disabled={!some} onClick={() => void send()}>
            {gettext("Send again")}
          </Button>
        </>
      }
    >
      <Field label={gettext("Made since")} required>
        {(tie) => <input id={tie.id} class="input" type="datetime-local" max={until} value={since} onInput={(event) => setSince(event.currentTarget.value)} />}
      </Field>
      <Field label={gettext("Made before")} required>
        {(tie) => <input id={tie.id} class="input" type="datetime-local" min={since} value={until} onInput={(event) => setUntil(event.currentTarget.value)} />}
      </Field>
      <Field label={gettext("In state")} required {...(wrong ? { error: wrong } : {})}>
        {(tie) => (
          <Select
            tie={tie}
            value={state}
            options={[
              { value: "dead", label: gettext("Given up") },
              { value: "pending", label: gettext("Waiting") },
              { value: "delivered", label: gettext("Delivered") },
            ]}
            onChange={(value) => setState(value as DeliverySpan["state"])}
          />
        )}
      </Field>
      <p role="status">{found && countWords(found)}</p>
      <p class="small dim">{gettext("Each goes out under its own id with its own bytes. It is written to the audit trail.")}</p>
    </Dialog>
  );
}

function countWords(found: { count: number; most: number }): string {
  if (found.count > found.most) return say("%(count)s deliveries: more than %(most)s at once are not sent. Choose a shorter span.", found);
  return found.count ? ngettext("%(count)s delivery would be sent again.", "%(count)s deliveries would be sent again.", found.count) : gettext("No delivery of yours lies in this span and state.");
}

function spanOf(since: string, until: string, state: DeliverySpan["state"]): DeliverySpan | null {
  const from = new Date(since);
  const to = new Date(until);
  if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime())) return null;
  return { since: from.toISOString(), until: to.toISOString(), state };
}
