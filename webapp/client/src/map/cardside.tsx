/** The right side: the card of whatever is selected, or what to do when nothing is. */
import type { VNode } from "preact";
import type { ChannelRow, ChannelsNear, ComponentRow, DeviceCard, EventCard, EventRow, GridCard, Me, SiteRow } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Empty, ProblemState, SkeletonRows } from "../shared/ui/index.ts";
import type { Carded } from "../dispatch/usecard.ts";
import type { Asked } from "./asking.ts";
import { DevicePanel } from "./devicepanel.tsx";
import { EventPanel } from "./eventpanel.tsx";
import { ComponentPanel, GridPanel, type PlayFor, SitePanel } from "./groundpanel.tsx";

interface CardSideProps {
  me: Me;
  url: { sel: string; grid: string; site: string; component: string; device: string };
  carded: Carded;
  near: Asked<ChannelsNear>;
  grid: Asked<GridCard> & { again: () => void };
  site: Asked<SiteRow> & { again: () => void };
  component: Asked<ComponentRow> & { again: () => void };
  device: Asked<DeviceCard> & { again: () => void };
  playing: ReadonlySet<string>;
  blocked: string;
  onCard: (card: EventCard) => void;
  onToggle: (channel: ChannelRow) => void;
  onPlay: PlayFor;
  onEvent: (row: Pick<EventRow, "no">) => void;
  onClose: () => void;
}

export function CardSide(props: CardSideProps) {
  return (
    <aside class="card" aria-label={gettext("Selection")}>
      <Inside {...props} />
    </aside>
  );
}

function Inside(props: CardSideProps) {
  const { url, carded, grid, site, me, near } = props;
  const shared = { canWatch: me.can.watch, playing: props.playing, onPlay: props.onPlay, onClose: props.onClose };
  if (url.sel) {
    if (carded.card) return <EventPanel card={carded.card} near={near.data} nearProblem={near.problem?.detail ?? ""} playing={props.playing} blocked={props.blocked} canWatch={me.can.watch} onCard={props.onCard} onToggle={props.onToggle} onClose={props.onClose} />;
    return carded.problem ? <ProblemState title={gettext("The event could not be opened")} problem={carded.problem} retry={carded.reload} /> : <SkeletonRows rows={10} />;
  }
  if (url.grid) return <Answer asked={grid} title={gettext("The grid could not be opened")} show={(found) => <GridPanel grid={found} onEvent={props.onEvent} {...shared} />} />;
  if (url.site) return <Answer asked={site} title={gettext("The site could not be opened")} show={(found) => <SitePanel site={found} {...shared} />} />;
  if (url.component) return <Answer asked={props.component} title={gettext("The component could not be opened")} show={(found) => <ComponentPanel component={found} onClose={props.onClose} />} />;
  if (url.device) return <Answer asked={props.device} title={gettext("The device could not be opened")} show={(found) => <DevicePanel card={found} onEvent={(no) => props.onEvent({ no })} onClose={props.onClose} />} />;
  return (
    <Empty icon="pin" title={gettext("Nothing is selected")}>
      {gettext("Choose an event in the list or on the map, or click a grid or a site.")}
    </Empty>
  );
}

function Answer<T>({ asked, title, show }: { asked: Asked<T> & { again: () => void }; title: string; show: (found: T) => VNode }) {
  if (asked.data !== null) return show(asked.data);
  return asked.problem ? <ProblemState title={title} problem={asked.problem} retry={asked.again} /> : <SkeletonRows rows={8} />;
}
