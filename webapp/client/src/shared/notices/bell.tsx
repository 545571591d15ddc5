/** The bell in the console's bar: how many notices are unread, and the notices themselves on a click. */
import { useEffect, useRef, useState } from "preact/hooks";
import "./notices.css";
import { ngettext, pgettext } from "../i18n.ts";
import { Button } from "../ui/basics.tsx";
import { NoticeList } from "./noticelist.tsx";
import { counted, useUnread } from "./store.ts";

export function NoticeBell() {
  const unread = useUnread();
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event: Event): void => {
      const inside = event.target instanceof Node && root.current?.contains(event.target) === true;
      const escaped = event instanceof KeyboardEvent && event.key === "Escape";
      if (!inside || escaped) setOpen(false);
      if (escaped) root.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("keydown", away);
    };
  }, [open]);
  const label = unread > 0 ? ngettext("Notices: %(count)s unread", "Notices: %(count)s unread", unread, { count: counted(unread) }) : pgettext("notice", "Notices");
  return (
    <div class="menu-root notice-bell" ref={root}>
      <Button kind="quiet" icon="bell" expanded={open} label={label} onClick={() => setOpen(!open)}>
        {unread > 0 && <span class="count">{counted(unread)}</span>}
      </Button>
      {open && (
        <div class="notice-panel" role="region" aria-label={pgettext("notice", "Notices")}>
          <NoticeList unread={unread} hrefOf={(no) => `/events/${encodeURIComponent(no)}`} />
        </div>
      )}
    </div>
  );
}
