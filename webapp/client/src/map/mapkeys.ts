/** The keys of the dispatch centre; those of the steps come with the steps. */
import type { RefObject } from "preact";
import type { ChannelRow, EventRow } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { type KeyBinding, useKeys } from "../shared/keys.ts";
import { toast } from "../shared/ui/index.ts";
import { NUMBERED } from "./images.ts";
import { neighbour } from "./model.ts";
import type { MapView } from "./view.ts";

/** How many pictures V opens: those that fit beside each other. */
const AT_ONCE = 4;

interface Keyed {
  rows: EventRow[];
  selected: string;
  channels: ChannelRow[];
  /** Whether the channels are known: before that nothing can be said about them. */
  asked: boolean;
  select: (no: string) => void;
  clear: () => void;
  home: () => void;
  open: () => void;
  toggleChannel: (channel: ChannelRow) => void;
  map: RefObject<MapView | null>;
}

export function useMapKeys(keyed: Keyed): void {
  const { rows, selected, channels, select, toggleChannel, map } = keyed;
  const pictures = (): void => {
    const playable = channels.filter((one) => one.playable).slice(0, AT_ONCE);
    playable.forEach(toggleChannel);
    if (selected === "") toast(gettext("Choose an event first: its pictures are those around it."), { kind: "wait" });
    else if (playable.length === 0 && keyed.asked) toast(gettext("No picture near here that you may open"), { kind: "near" });
  };
  const walk = (step: 1 | -1): void => {
    const next = neighbour(rows, selected, step);
    if (next) select(next.no);
  };
  const [events, ground, video] = [gettext("Events"), gettext("Map"), gettext("Video")];
  const numbers = Array.from({ length: NUMBERED }, (_, index): KeyBinding => ({
    keys: String(index + 1),
    label: say("Picture of channel %(number)s", { number: index + 1 }),
    group: video,
    hidden: index > 4,
    run: () => {
      const channel = channels[index];
      if (channel) toggleChannel(channel);
    },
  }));
  useKeys([
    { keys: "j", label: gettext("Next event"), group: events, run: () => walk(1) },
    { keys: "k", label: gettext("Previous event"), group: events, run: () => walk(-1) },
    { keys: "Enter", label: gettext("Show the event close by"), group: events, run: keyed.home },
    { keys: "o", label: gettext("Open the case page"), group: events, run: keyed.open },
    {
      keys: "Escape",
      label: gettext("Close the card"),
      group: events,
      run: () => {
        map.current?.cancelPick();
        keyed.clear();
      },
    },
    { keys: "v", label: gettext("Pictures of the nearest channels"), group: video, run: pictures },
    ...numbers,
    { keys: "+", label: gettext("Zoom in"), group: ground, run: () => map.current?.zoomBy(1) },
    { keys: "=", label: gettext("Zoom in"), group: ground, hidden: true, run: () => map.current?.zoomBy(1) },
    { keys: "-", label: gettext("Zoom out"), group: ground, run: () => map.current?.zoomBy(-1) },
  ]);
}
