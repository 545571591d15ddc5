/** Parts that tell about one event: photos and journal. */
import { useState } from "preact/hooks";
import type { JournalItem, Photo } from "../api/types.ts";
import { gettext, say } from "../i18n.ts";
import { useNow } from "../ticking.ts";
import { clockText, whenText } from "../time.ts";
import { cls, Icon, type IconName } from "./basics.tsx";
import { Dialog } from "./dialog.tsx";

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

const NODES: Record<string, [icon: IconName, kind: string]> = {
  report: ["pin", "is-done"],
  accept: ["check", "is-done"],
  dispatch: ["send", "is-normal"],
  sign: ["inbox", "is-normal"],
  return: ["undo", "is-near"],
  finish: ["hand", "is-normal"],
  pass_check: ["check", "is-done"],
  fail_check: ["undo", "is-over"],
  close: ["check", "is-done"],
  self_resolve: ["check", "is-done"],
  reject: ["x", ""],
  urge: ["phone", "is-near"],
  place: ["pin", ""],
  amend: ["tag", ""],
  withdraw: ["phone", ""],
};

/** What happened, newest first, one plain sentence each. */
export function Journal({ items, tight = false, limit }: { items: JournalItem[]; tight?: boolean; limit?: number }) {
  const now = useNow(60_000);
  const newest = [...items].sort((a, b) => b.version - a.version);
  return (
    <ol class={cls("timeline", tight && "tight")}>
      {newest.slice(0, limit).map((item) => {
        const [icon, kind] = NODES[item.step] ?? ["note", ""];
        return (
          <li key={item.version}>
            <span class={cls("node", kind)}>
              <Icon name={icon} />
            </span>
            <div>
              <div class="row between">
                <p class="grow">{item.sentence}</p>
                <time class="dim small" dateTime={item.at} title={whenText(item.at, now)}>
                  {tight ? clockText(item.at) : whenText(item.at, now)}
                </time>
              </div>
              {!tight && item.text && <p class="dim">{item.text}</p>}
              {!tight && <PhotoStrip photos={item.photos} />}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
