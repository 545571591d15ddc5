/** The map in the page: its controls, legend, scale and the words that belong on it. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { MapSettings } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import type { EventFeed } from "../shared/live/feed.ts";
import { markHint, markLabel, MARK_ORDER } from "../shared/marks.ts";
import { patrolMark, patrolWords } from "../shared/patrolwords.ts";
import { Button, CardShape, cls, Empty, Icon, Mark, supervisionWords } from "../shared/ui/index.ts";
import { DeviceShape } from "./deviceshape.tsx";
import type { Camera } from "./model.ts";
import type { Switch } from "./style.ts";
import { type Clicks, MapView } from "./view.ts";

interface CanvasProps {
  settings: MapSettings;
  feed: EventFeed;
  camera: Camera | null;
  clicks: Omit<Clicks, "drawn">;
  view: RefObject<MapView | null>;
  shown: ReadonlySet<Switch>;
  /** Whether the reader may see how grids stand by their patrol plans. */
  patrols: boolean;
  onShown: (shown: ReadonlySet<Switch>) => void;
  onHome: () => void;
  onReady: () => void;
}

export function Canvas(props: CanvasProps) {
  const box = useRef<HTMLDivElement>(null);
  const scale = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [broken, setBroken] = useState(false);
  const [drawn, setDrawn] = useState(false);

  useEffect(() => {
    const holder = latest.current.view;
    if (!box.current || !scale.current) return undefined;
    const { settings, camera, feed } = latest.current;
    const now = (): CanvasProps["clicks"] => latest.current.clicks;
    const clicks: Clicks = {
      event: (id) => now().event(id),
      channel: (code) => now().channel(code),
      site: (code) => now().site(code),
      component: (code) => now().component(code),
      device: (id) => now().device(id),
      grid: (code) => now().grid(code),
      nothing: () => now().nothing(),
      moved: (place) => now().moved(place),
      drawn: () => setDrawn(true),
      stale: () => now().stale(),
    };
    try {
      holder.current = new MapView({ container: box.current, scale: scale.current, settings, camera, feed, clicks });
    } catch {
      setBroken(true); /* no WebGL: the list and the card work without it */
      return undefined;
    }
    latest.current.onReady();
    return () => {
      holder.current?.remove();
      holder.current = null;
    };
  }, []);

  const { shown } = props;
  useEffect(() => {
    for (const one of switches()) props.view.current?.toggle(one.name, shown.has(one.name));
  }, [shown, props.view]);

  if (broken) {
    return (
      <div class="map">
        <Empty icon="alert" title={gettext("The map can't be drawn in this browser")}>
          {gettext("WebGL is switched off or missing. The list and the card work all the same.")}
        </Empty>
      </div>
    );
  }
  return (
    <div class="map">
      <div ref={box} class="map-canvas" />
      {!drawn && (
        <p class="float map-loading small" role="status">
          {gettext("Drawing the map")}
        </p>
      )}
      <Legend />
      {shown.has("patrol") && props.patrols && <PatrolLegend />}
      {shown.has("devices") && <DeviceLegend below={shown.has("patrol") && props.patrols} />}
      <div class="float zoom">
        <Button kind="quiet" icon="plus" label={gettext("Zoom in")} onClick={() => props.view.current?.zoomBy(1)} />
        <Button kind="quiet" icon="minus" label={gettext("Zoom out")} onClick={() => props.view.current?.zoomBy(-1)} />
        <Button kind="quiet" icon="north" label={gettext("North up")} onClick={() => props.view.current?.north()} />
        <Button kind="quiet" icon="locate" label={gettext("Back to the selection, or to my ground")} onClick={props.onHome} />
      </div>
      <Layers shown={shown} patrols={props.patrols} onShown={props.onShown} />
      <div class="map-foot">
        <div ref={scale} class="map-scale" />
        <div>{props.settings.watermark ? `${props.settings.watermark} · CGCS2000` : "CGCS2000"}</div>
      </div>
    </div>
  );
}

function Legend() {
  return (
    <ul class="float legend" aria-label={gettext("Legend")}>
      {MARK_ORDER.map((kind) => (
        <li key={kind} title={markHint(kind)}>
          <Mark kind={kind} />
          {kind === "done" ? gettext("Ended today") : markLabel(kind)}
        </li>
      ))}
      {(["yellow", "red"] as const).map((level) => (
        <li key={level}>
          <CardShape level={level} />
          {supervisionWords(level)}
        </li>
      ))}
    </ul>
  );
}

/** What the colours of the grids say, while they are shown. */
function PatrolLegend() {
  return (
    <ul class="float legend legend-patrol" aria-label={gettext("Patrols today")}>
      {(["visited", "due", "overdue"] as const).map((status) => (
        <li key={status}>
          <i class="swatch" style={{ background: `var(--${patrolMark(status)})` }} />
          {patrolWords(status)}
        </li>
      ))}
    </ul>
  );
}

/** What the devices' symbols say, while they are shown. */
function DeviceLegend({ below }: { below: boolean }) {
  const kinds = [["button", gettext("Alarm button")], ["door", gettext("Video door")], ["other", gettext("Other device")]] as const;
  return (
    <ul class={cls("float legend legend-devices", below && "is-below")} aria-label={gettext("Alarm devices")}>
      {kinds.map(([kind, words]) => (
        <li key={kind}>
          <DeviceShape kind={kind} />
          {words}
        </li>
      ))}
    </ul>
  );
}

function switches(): { name: Switch; label: string }[] {
  return [
    { name: "sites", label: gettext("Sites") },
    { name: "components", label: gettext("Components") },
    { name: "devices", label: gettext("Alarm devices") },
    { name: "grids", label: gettext("Grids") },
    { name: "names", label: gettext("Names") },
    { name: "heat", label: gettext("Density") },
    { name: "done", label: gettext("Ended") },
    { name: "patrol", label: gettext("Patrols today") },
  ];
}

function Layers({ shown, patrols, onShown }: Pick<CanvasProps, "shown" | "patrols" | "onShown">) {
  return (
    <div class="seg layers" role="group" aria-label={gettext("Layers")}>
      {switches().filter(({ name }) => patrols || name !== "patrol").map(({ name, label }) => {
        const on = shown.has(name);
        const next = new Set(shown);
        if (on) next.delete(name);
        else next.add(name);
        return (
          <button type="button" key={name} aria-pressed={on} onClick={() => onShown(next)}>
            {on && <Icon name="check" />}
            {label}
          </button>
        );
      })}
    </div>
  );
}
