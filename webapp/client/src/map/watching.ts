/** Which pictures are open, and for what. Another purpose closes the pictures of the last one. */
import { useCallback, useMemo, useState } from "preact/hooks";
import type { ChannelRow, SiteChannel, SiteRow } from "../shared/api/index.ts";
import { say } from "../shared/i18n.ts";
import { toast } from "../shared/ui/index.ts";
import { MOST_TILES, type Watch } from "./dock.tsx";
import { distanceText } from "./near.tsx";

export interface Watching {
  watches: Watch[];
  playing: ReadonlySet<string>;
  toggle: (watch: Watch) => void;
  close: (code: string) => void;
  closeAll: () => void;
}

function samePurpose(a: Watch, b: Watch): boolean {
  return a.event === b.event && a.purpose === b.purpose;
}

export function useWatching(): Watching {
  const [watches, setWatches] = useState<Watch[]>([]);
  const playing = useMemo(() => new Set(watches.map((watch) => watch.code)), [watches]);
  const close = useCallback((code: string) => setWatches((old) => old.filter((watch) => watch.code !== code)), []);
  const closeAll = useCallback(() => setWatches((old) => (old.length === 0 ? old : [])), []);
  const toggle = useCallback((watch: Watch) => {
    setWatches((old) => {
      const kept = old.filter((one) => samePurpose(one, watch));
      if (kept.some((one) => one.code === watch.code)) return kept.filter((one) => one.code !== watch.code);
      if (kept.length >= MOST_TILES) {
        toast(say("At most %(most)s pictures at once. Close one first.", { most: MOST_TILES }), { kind: "near" });
        return old;
      }
      return [...kept, watch].sort((a, b) => (a.number ?? 99) - (b.number ?? 99));
    });
  }, []);
  return { watches, playing, toggle, close, closeAll };
}

/** A channel near an event, watched for that event. */
export function watchForEvent(channel: ChannelRow, number: number, event: string): Watch {
  return { code: channel.code, name: channel.name, number, aside: distanceText(channel.distance_m), event, purpose: "", refused: channel.playable ? "" : channel.reason };
}

/** A channel of a site, watched for a purpose in words. */
export function watchForPurpose(channel: SiteChannel, site: SiteRow, purpose: string): Watch {
  return { code: channel.code, name: channel.name, number: null, aside: site.class_label, event: "", purpose, refused: channel.playable ? "" : channel.reason };
}
