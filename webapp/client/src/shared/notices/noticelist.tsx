/** The notices themselves: page by page, unread ones marked, each a way to its event. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type NoticeKind, type NoticePage, type NoticeRow, noticesApi, type Waiting } from "../api/notices.ts";
import { asProblem } from "../api/problem.ts";
import { ngettext, pgettext } from "../i18n.ts";
import { useNow } from "../ticking.ts";
import { whenText } from "../time.ts";
import { Badge, Button, cls, Icon, type IconName, UrgentBadge } from "../ui/basics.tsx";
import { Paged } from "../ui/paged.tsx";
import { Empty } from "../ui/states.tsx";
import { toast } from "../ui/toasts.tsx";
import { usePages } from "../usepages.ts";
import { noticeStore } from "./store.ts";

const ICON_OF: Record<NoticeKind, IconName> = { given: "inbox", returned: "undo", pressed: "flag", asked: "ask", answered: "check", ended: "check", told: "info" };

interface ListProps {
  /** Where an event opens. */
  hrefOf: (no: string) => string;
  /** What is unread now: where a newer one has come, the list is asked for anew. */
  waiting: Waiting;
  onOpen?: () => void;
}

export function NoticeList({ hrefOf, waiting: { unread, newest }, onOpen }: ListProps) {
  const [only, setOnly] = useState(false);
  const told = useRef(newest); /* the newest that a page has told of */
  const pages = usePages<NoticeRow>(String(only), async (cursor) => {
    const page: NoticePage = await noticesApi.list({ cursor, only_unread: only });
    told.current = Math.max(told.current, page.newest);
    noticeStore.know(page);
    return page;
  });
  const { reload } = pages;
  useEffect(() => {
    if (newest > told.current) reload();
  }, [newest, reload]);
  const upTo = pages.rows[0]?.id;
  const readAll = (): void => {
    if (unread === 0 || upTo === undefined) return;
    noticeStore.allRead(upTo).then(reload, (thrown: unknown) => toast(asProblem(thrown).detail, { kind: "over" }));
  };
  return (
    <div class="notices">
      <div class="notices-head">
        <h2>{pgettext("notice", "Notices")}</h2>
        <span class="grow dim small" role="status">
          {unread > 0 ? ngettext("%(count)s unread", "%(count)s unread", unread) : pgettext("notice", "All read")}
        </span>
        <Button kind="quiet" pressed={only} onClick={() => setOnly(!only)}>
          {pgettext("notice", "Unread only")}
        </Button>
        <Button kind="quiet" resting={unread === 0} onClick={readAll}>
          {pgettext("notice", "Mark all as read")}
        </Button>
      </div>
      <Rows pages={pages} only={only} hrefOf={hrefOf} onOpen={onOpen} />
    </div>
  );
}

function Rows({ pages, only, hrefOf, onOpen }: { pages: ReturnType<typeof usePages<NoticeRow>>; only: boolean; hrefOf: (no: string) => string; onOpen: (() => void) | undefined }) {
  const now = useNow(30_000);
  const none = (
    <Empty icon="inbox" title={only ? pgettext("notice", "Nothing unread") : pgettext("notice", "No notices")}>
      {pgettext("notice", "Here stands what concerns you: work given or returned, urging and supervision, applications and their answers. It is kept for 30 days.")}
    </Empty>
  );
  return (
    <Paged pages={pages} failed={pgettext("notice", "The notices did not come")} columns={[20, 220]} none={none} further={pgettext("notice", "Older ones")}>
      <ul class="notices-rows">
        {pages.rows.map((row) => (
          <Line key={row.id} row={row} now={now} href={hrefOf(row.no)} onOpen={onOpen} />
        ))}
      </ul>
    </Paged>
  );
}

function Line({ row, now, href, onOpen }: { row: NoticeRow; now: number; href: string; onOpen: (() => void) | undefined }) {
  const open = (): void => {
    if (row.unread) noticesApi.readLeaving({ event: row.no, version: row.version });
    onOpen?.();
  };
  const mark = row.level === "red" ? "is-over" : row.level === "yellow" ? "is-near" : "";
  return (
    <li>
      <a class={cls("notice-line", row.unread && "is-unread")} href={href} onClick={open}>
        <Icon name={ICON_OF[row.kind]} class={cls("notice-icon", mark)} />
        <span class="grow">
          <span class="notice-what">
            <Badge>{row.kind_label}</Badge>
            {row.urgent && <UrgentBadge />}
            <span class="strong">{row.category || row.no}</span>
            <span class="dim small">{row.place}</span>
          </span>
          <span class="notice-said">{row.sentence}</span>
          {row.text && <span class="notice-text small dim">{row.text}</span>}
          <span class="small dim">
            <span class="mono">{row.no}</span> · {row.state_label} · <time>{whenText(row.at, now)}</time>
          </span>
        </span>
        {row.unread && <span class="notice-dot" role="img" aria-label={pgettext("notice", "unread")} />}
      </a>
    </li>
  );
}
