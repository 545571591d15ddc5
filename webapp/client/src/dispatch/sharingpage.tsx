/* /sharing: what other organisations let one's own read of their events, what it lets them read, and asking for more. */
import { useState } from "preact/hooks";
import { api, type GrantPage, type GrantRow, type Me } from "../shared/api/index.ts";
import { gettext, pgettext } from "../shared/i18n.ts";
import { Page } from "../shared/page.tsx";
import { Button, Empty, Paged } from "../shared/ui/index.ts";
import { useUrlState } from "../shared/urlstate.ts";
import { type Pages, usePages } from "../shared/usepages.ts";
import { AskForEvents } from "./sharingask.tsx";
import { GrantCard } from "./sharingcard.tsx";

const DEFAULTS = { side: "" };
const ANSWERERS = new Set(["dept_lead", "leader"]);

/** The lists by the server's names; known before it has answered, so that nothing jumps. */
function sideWords(): { code: string; label: string }[] {
  return [
    { code: "waiting", label: pgettext("sharing", "To answer") },
    { code: "received", label: pgettext("sharing", "Received") },
    { code: "given", label: pgettext("sharing", "Given") },
  ];
}

export function SharingPage({ me }: { me: Me }) {
  const [state, set] = useUrlState(DEFAULTS);
  const [head, setHead] = useState<GrantPage | null>(null);
  const [asking, setAsking] = useState(false);
  const side = state.side || (me.posts.some((post) => ANSWERERS.has(post.role)) ? "waiting" : "received");
  const pages = usePages<GrantRow>(side, async (cursor) => {
    const page = await api.grants({ side, cursor });
    setHead(page);
    return page;
  });
  const count = (code: string): string => {
    const found = head?.sides.find((one) => one.code === code);
    return found ? String(found.count) : "";
  };
  return (
    <Page me={me} active="sharing">
      <main class="register" id="main">
        <div class="register-tools">
          <h1>{gettext("Sharing")}</h1>
          <span class="grow" />
          <div class="seg sharing-sides" role="group" aria-label={gettext("List")}>
            {sideWords().map(({ code, label }) => (
              <button type="button" key={code} aria-pressed={code === side} onClick={() => set({ side: code })}>
                {label} <span class="count">{count(code)}</span>
              </button>
            ))}
          </div>
          <Button icon="refresh" busy={pages.loading} onClick={pages.reload}>
            {gettext("Ask again")}
          </Button>
          {head?.may_ask === true && (
            <Button kind="primary" icon="plus" onClick={() => setAsking(true)}>
              {gettext("Ask for events")}
            </Button>
          )}
        </div>
        <Grants pages={pages} side={side} onAsk={head?.may_ask === true ? () => setAsking(true) : null} />
      </main>
      {asking && (
        <AskForEvents
          onClose={() => setAsking(false)}
          onAsked={() => {
            if (side === "received") pages.reload();
            else set({ side: "received" });
          }}
        />
      )}
    </Page>
  );
}

function Grants({ pages, side, onAsk }: { pages: Pages<GrantRow>; side: string; onAsk: (() => void) | null }) {
  return (
    <Paged pages={pages} failed={gettext("The list did not come")} columns={[160, 120, 80]} none={<NothingYet side={side} onAsk={onAsk} />}>
      <ul class="sharing-list">
        {pages.rows.map((row) => (
          <li key={row.id}>
            <GrantCard row={row} onRow={pages.replace} onDone={pages.reload} />
          </li>
        ))}
      </ul>
    </Paged>
  );
}

function NothingYet({ side, onAsk }: { side: string; onAsk: (() => void) | null }) {
  if (side === "waiting") return <Empty title={gettext("No request waits for an answer")}>{gettext("What others ask of your organisation appears here.")}</Empty>;
  if (side === "given") return <Empty icon="lock" title={gettext("Your organisation shares nothing")}>{gettext("Nobody outside reads its events, but who stands above it or works in the case.")}</Empty>;
  return (
    <Empty
      icon="lock"
      title={gettext("Your organisation has asked for nothing yet")}
      actions={
        onAsk && (
          <Button kind="primary" icon="plus" onClick={onAsk}>
            {gettext("Ask for events")}
          </Button>
        )
      }
    >
      {gettext("Another organisation can let yours read events of some categories in a region, for a time. Its leader approves it.")}
    </Empty>
  );
}
