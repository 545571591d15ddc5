/* What concerns the officer: the bell on the first screen, and the screen that it opens. */
import { pgettext } from "../shared/i18n.ts";
import { NoticeList } from "../shared/notices/noticelist.tsx";
import "../shared/notices/notices.css";
import { counted, unreadLabel, useWaiting } from "../shared/notices/store.ts";
import { Icon } from "../shared/ui/index.ts";
import { PhoneBar } from "./parts.tsx";
import { hashOf } from "./route.ts";

/** The way to the notices, with how many are unread. */
export function NoticeLink() {
  const { unread } = useWaiting();
  const label = unreadLabel(unread);
  return (
    <a class="btn btn-quiet pbell" href={hashOf({ name: "notices" })} aria-label={label}>
      <Icon name="bell" size="l" />
      {unread > 0 && <span class="count">{counted(unread)}</span>}
    </a>
  );
}

export function NoticeScreen() {
  const waiting = useWaiting();
  return (
    <>
      <PhoneBar title={pgettext("notice", "Notices")} back={{ name: "home" }} />
      <main class="pbody">
        <NoticeList waiting={waiting} hrefOf={(no) => hashOf({ name: "event", no })} />
      </main>
    </>
  );
}
