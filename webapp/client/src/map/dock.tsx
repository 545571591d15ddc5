/** Live pictures under the map: each with its purpose, its watermark and, when there is none, the reason. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, asProblem } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { useNow } from "../shared/ticking.ts";
import { secondsText } from "../shared/time.ts";
import { Button, cls, Icon, type IconName, Mark } from "../shared/ui/index.ts";
import { LivePlayer, OpenRefused, type PlayerState } from "./player.ts";

/** A picture that was asked for, and why. Exactly one of `event` and `purpose` is said. */
export interface Watch {
  code: string;
  name: string;
  number: number | null;
  aside: string;
  event: string;
  purpose: string;
  /** Why it can't play, when that is known before asking. */
  refused: string;
}

export const MOST_TILES = 9;

interface DockProps {
  watches: Watch[];
  onClose: (code: string) => void;
  onCloseAll: () => void;
}

export function Dock({ watches, onClose, onCloseAll }: DockProps) {
  const [large, setLarge] = useState(false);
  const first = watches[0];
  if (!first) return null;
  const purpose = first.event ? say("handling %(no)s", { no: first.event }) : first.purpose;
  return (
    <section class={cls("dock", large && "dock-large")} aria-label={gettext("Live pictures")}>
      <div class="dock-head">
        <h2>{gettext("Live pictures")}</h2>
        <span class="dim small cut grow">{say("%(count)s of %(most)s · purpose: %(purpose)s · watching is recorded", { count: watches.length, most: MOST_TILES, purpose })}</span>
        <Button kind="quiet" pressed={large} onClick={() => setLarge(!large)}>
          {gettext("Nine tiles")}
        </Button>
        <Button kind="quiet" onClick={onCloseAll}>
          {gettext("Close all")}
        </Button>
      </div>
      <div class="tiles">
        {watches.map((watch) => (
          <Tile key={`${watch.code} ${watch.event} ${watch.purpose}`} watch={watch} onClose={() => onClose(watch.code)} />
        ))}
      </div>
    </section>
  );
}

function Tile({ watch, onClose }: { watch: Watch; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<PlayerState>(() => (watch.refused ? refusedState(watch.refused) : { kind: "connecting", seconds: 0, reason: null }));
  const [mark, setMark] = useState("");
  const [again, setAgain] = useState(0);
  const { code, event, purpose, refused } = watch;

  useEffect(() => {
    const element = video.current;
    if (!element || refused) return undefined;
    let sessions: string[] = [];
    let gone = false;
    const end = (list: string[]): void => list.forEach((session) => void api.endPlay(session).catch(() => undefined));
    const open = async (): Promise<{ url: string }> => {
      try {
        const opened = await api.play({ channel: code, ...(event ? { event_no: event } : { purpose }) });
        if (gone) end([opened.session]);
        else {
          end(sessions); /* a reconnect asks for a new one; the old one is over */
          sessions = [opened.session];
          setMark(opened.watermark);
        }
        return opened;
      } catch (thrown) {
        const problem = asProblem(thrown);
        if (problem.transient) throw problem;
        throw new OpenRefused(problem.status === 429 ? "busy" : "refused", problem.detail);
      }
    };
    const player = new LivePlayer(element, open, (next) => {
      if (!gone) setState(next);
    });
    player.start();
    return () => {
      gone = true;
      player.stop();
      end(sessions);
    };
  }, [code, event, purpose, refused, again]);

  const shown = state.kind === "playing" && state.watermark ? state.watermark : mark;
  return (
    <figure class="tile">
      <video ref={video} muted playsInline aria-label={watch.name} />
      {shown && <Watermark text={shown} />}
      <div class="tile-top">
        {watch.number !== null && <span class={cls("keynum", state.kind === "closed" && "off")}>{watch.number}</span>}
        <b class="cut grow">{watch.name}</b>
        <span>{watch.aside}</span>
        <Button kind="quiet" icon="x" label={say("Close %(name)s", { name: watch.name })} onClick={onClose} />
      </div>
      <TileState state={state} retry={refused ? null : () => setAgain((count) => count + 1)} />
    </figure>
  );
}

function refusedState(detail: string): PlayerState {
  return { kind: "closed", reason: "refused", detail };
}

/** Who watches and since when, over and over across the picture, so that a photo of the screen says it too. */
function Watermark({ text }: { text: string }) {
  return (
    <div class="tile-mark" aria-hidden="true">
      {Array.from({ length: 14 }, (_, index) => (
        <span key={index}>{text}</span>
      ))}
    </div>
  );
}

const ICONS: Record<string, IconName> = { offline: "offline", timeout: "offline", refused: "lock", unauthorised: "lock", revoked: "lock", busy: "pause" };

/** The last resort when the gateway gives a reason without words. */
function reasonText(reason: string): string {
  const words: Record<string, string> = {
    offline: gettext("The camera does not answer"),
    unauthorised: gettext("The camera refuses the platform's sign-in"),
    refused: gettext("Not allowed for your post"),
    not_found: gettext("The camera has no such picture"),
    timeout: gettext("No picture came in time"),
    revoked: gettext("The permission was taken back"),
    slow: gettext("The network is too slow for this picture"),
    codec: gettext("This browser can't play the camera's coding"),
    silent: gettext("The camera went silent"),
    busy: gettext("Too many pictures are open"),
    error: gettext("The picture broke off"),
  };
  return words[reason] ?? gettext("The picture broke off");
}

function TileState({ state, retry }: { state: PlayerState; retry: (() => void) | null }) {
  const now = useNow();
  if (state.kind === "playing") {
    return (
      <div class="tile-foot">
        <Mark kind="done" class="tile-light" />
        {say("Live, %(seconds)s s behind", { seconds: state.latency.toFixed(1) })}
        <span class="grow" />
        <time>{secondsText(now)}</time>
      </div>
    );
  }
  if (state.kind === "connecting") {
    return (
      <div class="tile-msg" role="status">
        <Icon name="refresh" size="xl" class="turning" />
        {state.reason && <span>{reasonText(state.reason)}</span>}
        <span>{say("Connecting, second %(seconds)s", { seconds: Math.max(1, Math.round(state.seconds)) })}</span>
        <span class="tiny">{gettext("A picture usually comes within 3 seconds")}</span>
      </div>
    );
  }
  if (state.kind === "paused") {
    return (
      <div class="tile-msg">
        <Icon name="pause" size="xl" />
        <span>{gettext("Paused while this page is hidden")}</span>
      </div>
    );
  }
  return (
    <div class="tile-msg" role="status">
      <Icon name={ICONS[state.reason] ?? "alert"} size="xl" />
      <span>{state.detail || reasonText(state.reason)}</span>
      {retry && (
        <Button icon="refresh" onClick={retry}>
          {gettext("Try again")}
        </Button>
      )}
    </div>
  );
}
