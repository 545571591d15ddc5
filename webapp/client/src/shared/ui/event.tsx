/** Parts that tell about one event: photos and journal. */
import { useState } from "preact/hooks";
import type { JournalItem, Photo } from "../api/types.ts";
import { deviceTimeText } from "../devicetime.ts";
import { gettext, say } from "../i18n.ts";
import { useNow } from "../ticking.ts";
import { clockText, fullText } from "../time.ts";
import { cls, Icon, type IconName } from "./basics.tsx";
import { When } from "./when.tsx";
import { Dialog } from "./dialog.tsx";
import { STEP_ICONS } from "./stepicons.ts";

function photoLabel(photo: Photo): string {
  const names = { before: gettext("Before"), after: gettext("After"), check: gettext("At the check") };
  return names[photo.shows];
}

/** Small pictures that open large. */
export function PhotoStrip({ photos, limit }: { photos: Photo[]; limit?: number }) {
  const [open, setOpen] = useState<Photo | null>(null);
  const shown = limit === undefined ? photos : photos.slice(0, limit);
  if (photos.length === 0) return null;
  return (
    <>
      <div class="photo-strip">
        {shown.map((photo) => (
          <button type="button" class="photo" key={`${photo.sha256}-${photo.version}`} onClick={() => setOpen(photo)} title={photoLabel(photo)}>
            <img src={photo.thumb} alt={photoLabel(photo)} loading="lazy" />
            <span class="photo-shows">{photoLabel(photo)}</span>
          </button>
        ))}
      </div>
      {open && (
        <Dialog title={photoLabel(open)} wide onClose={() => setOpen(null)}>
          <img class="photo-large" src={open.url} alt={photoLabel(open)} />
          {open.distance_m !== null && <p class="small dim">{say("Taken %(metres)s m from the event", { metres: Math.round(open.distance_m) })}</p>}
        </Dialog>
      )}
    </>
  );
}

/** The colour of an entry: done, moved on, held up, sent back; grey for what moves nothing. */
const NODE_KINDS: Readonly<Record<string, string>> = {
  report: "is-done",
  accept: "is-done",
  confirm: "is-done",
  self_resolve: "is-done",
  pass_check: "is-done",
  close: "is-done",
  dispatch: "is-normal",
  redispatch: "is-normal",
  add_joint: "is-normal",
  joint_sign: "is-normal",
  joint_finish: "is-normal",
  joint_return: "is-near",
  sign: "is-normal",
  finish: "is-normal",
  resume: "is-normal",
  reopen: "is-normal",
  escalate: "is-normal",
  assign_down: "is-normal",
  grant_extension: "is-normal",
  request_verify: "is-normal",
  unmerge: "is-normal",
  return: "is-near",
  urge: "is-near",
  request_extension: "is-near",
  ask_suspension: "is-near",
  supervise: "is-near",
  fail_check: "is-over",
};

/** The icon and the colour of an entry; a red card is red. */
export function nodeOf(item: Pick<JournalItem, "step" | "payload">): [icon: IconName, kind: string] {
  const red = item.step === "supervise" && item.payload["new"] === "red";
  return [STEP_ICONS[item.step] ?? "note", red ? "is-over" : (NODE_KINDS[item.step] ?? "")];
}

/** What happened, newest first, one plain sentence each. */
export function Journal({ items, tight = false, limit }: { items: JournalItem[]; tight?: boolean; limit?: number }) {
  const now = useNow(60_000);
  const newest = [...items].sort((a, b) => b.version - a.version);
  return (
    <ol class={cls("timeline", tight && "tight")}>
      {newest.slice(0, limit).map((item) => {
        const [icon, kind] = nodeOf(item);
        const byPhone = tight ? null : deviceTimeText(item);
        return (
          <li key={item.version}>
            <span class={cls("node", kind)}>
              <Icon name={icon} />
            </span>
            <div>
              <div class="row between">
                <p class="grow">{item.sentence}</p>
                <time class="dim small nobreak" dateTime={item.at} title={fullText(item.at)}>
                  {tight ? clockText(item.at) : <When at={item.at} now={now} />}
                </time>
              </div>
              {byPhone && <p class="dim small">{byPhone}</p>}
              {!tight && item.text && <p class="dim">{item.text}</p>}
              {!tight && <PhotoStrip photos={item.photos} />}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
