/** The bell in the console's bar: how many notices are unread, and the notices themselves on a click. */
import "./notices.css";
import { pgettext } from "../i18n.ts";
import { Button } from "../ui/basics.tsx";
import { useOpen } from "../ui/useopen.ts";
import { NoticeList } from "./noticelist.tsx";
import { counted, unreadLabel, useWaiting } from "./store.ts";
import { eventPage } from "../eventpage.ts";

export function NoticeBell() {
  const waiting = useWaiting();
  const { unread } = waiting;
  const { open, setOpen, root } = useOpen();
  const label = unreadLabel(unread);
  return (
    <div class="menu-root notice-bell" ref={root}>
      <Button kind="quiet" icon="bell" expanded={open} label={label} onClick={() => setOpen(!open)}>
        {unread > 0 && <span class="count">{counted(unread)}</span>}
      </Button>
      {open && (
        <div class="notice-panel" role="region" aria-label={pgettext("notice", "Notices")}>
          <NoticeList waiting={waiting} hrefOf={eventPage} />
        </div>
      )}
    </div>
  );
}
