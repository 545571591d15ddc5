/* /deliveries: what leaves for the hotline, each attempt of it, and sending one again. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, type Delivery, type Me } from "../shared/api/index.ts";
import { gettext, pgettext, say } from "../shared/i18n.ts";
import { Page } from "../shared/page.tsx";
import { useNow } from "../shared/ticking.ts";
import { whenText } from "../shared/time.ts";
import { Badge, Button, Empty, Icon, Mark, Paged, TextInput, toast } from "../shared/ui/index.ts";
import { useUrlState } from "../shared/urlstate.ts";
import { type Pages, usePages } from "../shared/usepages.ts";
import { AskDialog } from "./askdialog.tsx";
import { EndpointState, ResendSpan } from "./endpoint.tsx";
import { eventPage } from "../shared/eventpage.ts";

const DEFAULTS = { state: "", q: "", open: "" };
const SENDERS = new Set(["shift_lead", "supervisor", "leader"]);

function stateChoices(): { value: string; label: string }[] {
  return [
    { value: "", label: gettext("All") },
    { value: "pending", label: gettext("Waiting") },
    { value: "delivered", label: gettext("Delivered") },
    { value: "dead", label: gettext("Given up") },
  ];
}

/** The shape of a delivery's state: it is the same five that clocks use, so that one shape means one thing. */
export function deliveryMark(state: string): "done" | "over" | "wait" {
  if (state === "delivered") return "done";
  return state === "dead" ? "over" : "wait";
}

export function DeliveriesPage({ me }: { me: Me }) {
  const [state, set] = useUrlState(DEFAULTS);
  const pages = usePages(`${state.state} ${state.q}`, (cursor) => api.deliveries({ state: state.state, q: state.q, cursor }));
  const [asking, setAsking] = useState<Delivery | null>(null);
  const [spanning, setSpanning] = useState(false);
  const [turn, setTurn] = useState(0);
  const sends = me.posts.some((post) => SENDERS.has(post.role));
  const [underway, watch] = useUnderway(pages.replace);
  return (
    <Page me={me} active="deliveries">
      <main class="register" id="main">
        <div class="register-tools">
          <h1>{gettext("Deliveries to the hotline")}</h1>
          <span class="grow" />
          <Search value={state.q} onSearch={(q) => set({ q, open: "" })} />
          <div class="seg" role="group" aria-label={pgettext("delivery", "State")}>
            {stateChoices().map((choice) => (
              <button type="button" key={choice.value} aria-pressed={choice.value === state.state} onClick={() => set({ state: choice.value, open: "" })}>
                {choice.label}
              </button>
            ))}
          </div>
          <Button icon="refresh" busy={pages.loading} onClick={pages.reload}>
            {gettext("Ask again")}
          </Button>
          {sends && (
            <Button icon="send" onClick={() => setSpanning(true)}>
              {gettext("Send a span again")}
            </Button>
          )}
        </div>
        <EndpointState turn={turn} onChanged={pages.reload} />
        <Rows sends={sends} pages={pages} filtered={state.state !== "" || state.q !== ""} open={state.open} onOpen={(id) => set({ open: id === state.open ? "" : id })} underway={underway} onResend={setAsking} onAll={() => set({ state: "", q: "" })} />
      </main>
      {spanning && <ResendSpan onClose={() => setSpanning(false)} onSent={() => setTurn((old) => old + 1)} />}
      {asking && <Resend row={asking} onClose={() => setAsking(null)} onSent={(sent) => {
        pages.replace(sent);
        watch(asking);
      }} />}
    </Page>
  );
}

function Search({ value, onSearch }: { value: string; onSearch: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <form
      role="search"
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed.trim());
      }}
    >
      <TextInput value={typed} maxLength={64} inputMode="search" label={gettext("Number of an order or event")} placeholder={gettext("Number of an order or event")} onInput={setTyped} />
      <Button type="submit" icon="search">
        {gettext("Search")}
      </Button>
    </form>
  );
}

const LOOK_EVERY_MS = 1500;
const LOOKS = 20;
const PAGES_DEEP = 10;

/** The delivery as it is now; the register has no question for a single one, so its pages are walked. */
async function lookUp(id: string): Promise<Delivery | null> {
  let cursor: string | null = "";
  for (let page = 0; page < PAGES_DEEP && cursor !== null; page += 1) {
    const answer: { rows: Delivery[]; next: string | null } = await api.deliveries({ cursor });
    const found = answer.rows.find((row) => row.id === id);
    if (found) return found;
    cursor = answer.next;
  }
  return null;
}

/** Messages sent again whose new attempt is not there yet: looked at until it is, or until it has taken too long to wait for. */
function useUnderway(replace: (row: Delivery) => void): [ids: ReadonlySet<string>, watch: (row: Delivery) => void] {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const told = useRef(replace);
  told.current = replace;
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);
  const watch = (row: Delivery): void => {
    setIds((old) => new Set([...old, row.id]));
    const look = async (left: number): Promise<void> => {
      if (gone.current) return;
      const found = await lookUp(row.id).catch(() => null);
      if (found) told.current(found);
      if (left > 0 && (found?.attempts.length ?? 0) <= row.attempts.length) setTimeout(() => void look(left - 1), LOOK_EVERY_MS);
      else setIds((old) => new Set([...old].filter((id) => id !== row.id)));
    };
    setTimeout(() => void look(LOOKS), LOOK_EVERY_MS);
  };
  return [ids, watch];
}

interface RowsProps {
  readonly sends: boolean;
  readonly underway: ReadonlySet<string>;
  readonly pages: Pages<Delivery>;
  readonly filtered: boolean;
  readonly open: string;
  readonly onOpen: (id: string) => void;
  readonly onResend: (row: Delivery) => void;
  readonly onAll: () => void;
}

function Rows(props: RowsProps) {
  const { pages } = props;
  return (
    <Paged pages={pages} failed={gettext("The deliveries did not come")} columns={[14, 150, 130]} none={<NoRows {...props} />} label={gettext("Deliveries to the hotline")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th>{pgettext("delivery", "State")}</th>
            <th>{gettext("Hotline order")}</th>
            <th>{gettext("Event")}</th>
            <th class="num">{gettext("Message")}</th>
            <th>{gettext("Made")}</th>
            <th>{gettext("Delivered, or next try")}</th>
            <th>{gettext("Attempts")}</th>
            <th>
              <span class="unseen">{gettext("Actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {pages.rows.map((row) => (
            <Line key={row.id} row={row} {...props} />
          ))}
        </tbody>
      </table>
    </Paged>
  );
}

function NoRows({ filtered, onAll }: RowsProps) {
  if (!filtered) return <Empty icon="send" title={gettext("Nothing has left yet")}>{gettext("Each step of an event with a hotline ticket makes a message; it appears here.")}</Empty>;
  return (
    <Empty icon="filter" title={gettext("No delivery is in this state")} actions={<Button onClick={onAll}>{gettext("Show all")}</Button>}>
      {gettext("Others may be: take the filter off.")}
    </Empty>
  );
}

function Line({ row, open, sends, underway, onOpen, onResend }: RowsProps & { row: Delivery }) {
  const now = useNow(10_000);
  const shown = row.id === open;
  const last = row.attempts.at(-1);
  return (
    <>
      <tr aria-selected={shown}>
        <td>
          <span class="row">
            <Mark kind={deliveryMark(row.state)} /> {row.state_label}
          </span>
        </td>
        <td class="mono">{row.order_no || "–"}</td>
        <td class="mono">{row.event_no ? <a href={eventPage(row.event_no)}>{row.event_no}</a> : "–"}</td>
        <td class="num">{say("no. %(number)s", { number: row.number })}</td>
        <td class="dim">{whenText(row.created_at, now)}</td>
        <td class="dim">{underway.has(row.id) ? <span role="status">{gettext("On its way; this row renews itself")}</span> : whenNext(row, now)}</td>
        <td>
          <Button kind="quiet" expanded={shown} onClick={() => onOpen(row.id)}>
            <Icon name="right" turn={shown ? 90 : 0} />
            {row.attempts.length} {last && <span class="dim">{attemptWords(last)}</span>}
          </Button>
        </td>
        <td class="num">
          {sends && <Button onClick={() => onResend(row)}>{gettext("Send again")}</Button>}
        </td>
      </tr>
      {shown && (
        <tr class="attempts-row">
          <td colSpan={8}>
            <Attempts row={row} now={now} />
          </td>
        </tr>
      )}
    </>
  );
}

function whenNext(row: Delivery, now: number): string {
  if (row.delivered_at) return say("delivered %(when)s", { when: whenText(row.delivered_at, now) });
  return row.next_at ? say("again %(when)s", { when: whenText(row.next_at, now) }) : gettext("no further try");
}

function attemptWords(attempt: Delivery["attempts"][number]): string {
  return attempt.code === null ? attempt.error || gettext("no answer") : say("HTTP %(code)s", { code: attempt.code });
}

function Attempts({ row, now }: { row: Delivery; now: number }) {
  if (!row.attempts.length) return <p class="dim small">{gettext("Not tried yet.")}</p>;
  return (
    <ol class="attempts">
      {row.attempts.map((attempt) => (
        <li key={attempt.number}>
          <span class="strong">{say("Attempt %(number)s", { number: attempt.number })}</span> <span class="dim">{whenText(attempt.at, now)}</span> <Badge>{attemptWords(attempt)}</Badge>{" "}
          <span class="dim">{say("%(milliseconds)s ms", { milliseconds: attempt.milliseconds })}</span> {attempt.by_hand && <Badge>{gettext("by hand")}</Badge>}
          {attempt.error && attempt.code !== null && <p class="small is-over">{attempt.error}</p>}
          {attempt.answer && <pre class="answer">{attempt.answer}</pre>}
        </li>
      ))}
    </ol>
  );
}

function Resend({ row, onClose, onSent }: { row: Delivery; onClose: () => void; onSent: (row: Delivery) => void }) {
  const send = async (): Promise<void> => {
    onSent(await api.resend(row.id));
    toast(say("On its way again: %(order)s", { order: row.order_no }));
  };
  return (
    <AskDialog title={say("Send message %(number)s of %(order)s again?", { number: row.number, order: row.order_no })} icon="send" action={gettext("Send again")} send={send} onClose={onClose}>
      {(wrong) => (
        <>
          <p>{gettext("The same bytes go out under the same id, so the hotline can tell a repeat. The attempt is kept with your name.")}</p>
          {row.state === "delivered" && <p class="dim">{gettext("It was delivered before.")}</p>}
          {wrong && <p class="is-over" role="alert">{wrong}</p>}
        </>
      )}
    </AskDialog>
  );
}
