/* The pictures of an event, one large, and its words. */
import { useState } from "preact/hooks";
import type { EventCard, Photo } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { useNow } from "../shared/ticking.ts";
import { Icon, Panel, When } from "../shared/ui/index.ts";

function shows(photo: Photo): string {
  return { before: gettext("Before"), after: gettext("After"), check: gettext("At the check") }[photo.shows];
}

/** When the entry that a picture belongs to was made. */
function Taken({ card, photo, now }: { card: EventCard; photo: Photo; now: number }) {
  const entry = card.journal.find((item) => item.version === photo.version);
  return entry ? <When at={entry.device_at ?? entry.at} now={now} /> : null;
}

/** What is shown large at first: what is wrong; of an event that was worked on and has ended the last picture of how it was put right. */
export function firstShown({ ended_at, photos }: Pick<EventCard, "ended_at" | "photos">): number {
  const worked = photos.some((photo) => photo.shows === "after");
  return ended_at !== null && worked ? photos.findLastIndex((photo) => photo.shows !== "before") : 0;
}

export function Gallery({ card }: { card: EventCard }) {
  const [at, setAt] = useState<number | null>(null);
  const now = useNow(60_000);
  const { photos } = card;
  const photo = photos[Math.min(at ?? firstShown(card), photos.length - 1)];
  return (
    <Panel>
      {photo ? (
        <>
          <a href={photo.url} target="_blank" rel="noopener" class="gallery-large">
            <img src={photo.url} alt={say("%(shows)s: %(category)s", { shows: shows(photo), category: card.category?.name ?? card.no })} />
          </a>
          <div class="row gallery-strip">
            {photos.map((one, index) => (
              <button type="button" key={`${one.sha256}-${one.version}`} class="gallery-thumb" aria-pressed={one === photo} aria-label={say("Picture %(number)s, %(shows)s", { number: index + 1, shows: shows(one) })} onClick={() => setAt(index)}>
                <img src={one.thumb} alt="" loading="lazy" />
              </button>
            ))}
            <span class="grow" />
            <span class="small faint">
              {shows(photo)} {photos.indexOf(photo) + 1} / {photos.length} · <Taken card={card} photo={photo} now={now} />
            </span>
          </div>
          {photo.distance_m !== null && <p class="small dim">{say("Taken %(metres)s m from the event", { metres: Math.round(photo.distance_m) })}</p>}
        </>
      ) : (
        <p class="small dim row">
          <Icon name="camera" /> {gettext("No pictures")}
        </p>
      )}
      <p class="pre gallery-words">{card.description || gettext("No description.")}</p>
    </Panel>
  );
}
