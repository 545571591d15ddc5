/** Channels around an event: the same numbers on map, list and tile, and they are the keys to press. The farther ones have none. */
import type { ChannelRow, ChannelsNear } from "../shared/api/index.ts";
import { bearing, distanceParts, type LngLat } from "../shared/geo.ts";
import { gettext, say } from "../shared/i18n.ts";
import { nearWords } from "../shared/near.ts";
import { cls, Icon } from "../shared/ui/index.ts";
import { NUMBERED } from "./images.ts";

/** "86 米", "1.2 公里". */
export function distanceText(metres: number): string {
  const { figure, unit } = distanceParts(metres);
  return unit === "m" ? say("%(figure)s m", { figure }) : say("%(figure)s km", { figure });
}

const COMPASS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"] as const;

/** "东北": where the channel stands as seen from the event. */
export function compassText(bearing: number): string {
  const names = {
    N: gettext("north"),
    NE: gettext("north-east"),
    E: gettext("east"),
    SE: gettext("south-east"),
    S: gettext("south"),
    SW: gettext("south-west"),
    W: gettext("west"),
    NW: gettext("north-west"),
  };
  return names[COMPASS[Math.round((((bearing % 360) + 360) % 360) / 45) % 8] ?? "N"];
}

export function Near({ near, from, playing, onToggle }: { near: ChannelsNear; from: LngLat; playing: ReadonlySet<string>; onToggle: (channel: ChannelRow) => void }) {
  if (near.channels.length === 0) return <p class="small dim">{nearWords(near)}</p>;
  return (
    <ul class="near">
      {near.channels.map((channel, index) => {
        const way = bearing(from, [channel.lng, channel.lat]);
        return (
        <li key={channel.code}>
          <button type="button" class="near-row" aria-pressed={playing.has(channel.code)} title={channel.reason || channel.site_name} onClick={() => onToggle(channel)}>
            {index < NUMBERED ? <span class={cls("keynum", !channel.playable && "off")}>{index + 1}</span> : <span class="keynum-none" />}
            <span class="cut">{channel.name}</span>
            <span class="num">{distanceText(channel.distance_m)}</span>
            <span class="dim small near-way">
              <Icon name="up" turn={way} />
              {compassText(way)}
            </span>
            <span class={cls("small num cut", stateKind(channel, playing))}>{stateText(channel, playing)}</span>
          </button>
        </li>
        );
      })}
    </ul>
  );
}

function stateKind(channel: ChannelRow, playing: ReadonlySet<string>): string {
  if (playing.has(channel.code)) return "is-done";
  return channel.playable ? (channel.covers ? "is-normal" : "dim") : "is-wait";
}

function stateText(channel: ChannelRow, playing: ReadonlySet<string>): string {
  if (playing.has(channel.code)) return gettext("Opened");
  if (!channel.playable) return channel.state === "offline" ? gettext("Offline") : gettext("No access");
  return channel.covers ? gettext("Looks here") : gettext("Ready");
}
