/** How fresh the page is: live, catching up, or cut off since when. */
import { gettext, say } from "../i18n.ts";
import { type EventFeed, useLiveState } from "../live/feed.ts";
import { useNow } from "../ticking.ts";
import { agoText, secondsText } from "../time.ts";
import { Button, cls, Icon, Mark } from "./basics.tsx";

export function LiveLight({ feed }: { feed: EventFeed }) {
  const state = useLiveState(feed);
  const now = useNow();
  const words = {
    connecting: gettext("Connecting"),
    live: gettext("Live"),
    catching_up: gettext("Catching up"),
    offline: gettext("Offline"),
  };
  const kinds = { connecting: "wait", live: "done", catching_up: "near", offline: "over" } as const;
  const shapes = { connecting: "wait", live: "normal", catching_up: "near", offline: "over" } as const;
  return (
    <span class={cls("light", `is-${kinds[state.kind]}`)} role="status" title={state.heardAt > 0 ? say("Last word from the server at %(time)s", { time: secondsText(state.heardAt) }) : ""}>
      <Mark kind={shapes[state.kind]} class="inherit" />
      {words[state.kind]}
      {state.heardAt > 0 && <span class="dim light-age">{agoText(state.heardAt, now)}</span>}
    </span>
  );
}

/** The bar across a page whose line is cut: what is shown is from when, and when we try again. */
export function OfflineBar({ feed }: { feed: EventFeed }) {
  const state = useLiveState(feed);
  const now = useNow();
  if (state.kind !== "offline") return null;
  const seconds = Math.max(0, Math.ceil((state.retryAt - now) / 1000));
  return (
    <div class="offline-bar" role="alert">
      <Icon name="offline" />
      <span class="grow">
        <strong>{gettext("Live updates are cut off.")}</strong>{" "}
        {state.heardAt > 0 && say("Showing what was known at %(time)s.", { time: secondsText(state.heardAt) })} {say("Trying again in %(seconds)s s.", { seconds })}
      </span>
      <Button icon="refresh" onClick={() => feed.reconnectNow()}>
        {gettext("Reconnect now")}
      </Button>
    </div>
  );
}
