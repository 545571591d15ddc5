/** The dispatch centre: list, map and card are one selection, by mouse and by keyboard, and the address holds it. */
import type { RefObject } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type ChannelRow, type ChannelsNear, type EventCard, type EventRow, type MapSettings, type Me, type Region } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { pageFeed, rowOf, useFeedVersion, useLiveState } from "../shared/live/feed.ts";
import { Page } from "../shared/page.tsx";
import { CounterDialog } from "../shared/steps/index.ts";
import { PointPicker, type PointValue } from "../shared/steps/index.ts";
import { boxOf, placeNamed } from "../shared/places.ts";
import { serverNow, setServerNow, useNow } from "../shared/ticking.ts";
import { Icon, type IconName, OfflineBar, ProblemState, SkeletonRows } from "../shared/ui/index.ts";
import { useUrlState } from "../shared/urlstate.ts";
import { useCard } from "../dispatch/usecard.ts";
import { askComponent, askDevice, askGrid, askSite, useAsked, useChannels } from "./asking.ts";
import { MapBar } from "./bar.tsx";
import { Canvas } from "./canvas.tsx";
import { CardSide } from "./cardside.tsx";
import { Dock } from "./dock.tsx";
import { useMapKeys } from "./mapkeys.ts";
import { cameraText, countsOf, flat, type Group, grouped, inRegion, inView, isView, onMap, readCamera, type View } from "./model.ts";
import { Hints, QueueBody, QueueHead } from "./queueside.tsx";
import type { SearchGoal } from "./search.tsx";
import { usePatrolStand } from "./patrolstand.ts";
import { type Switch, SWITCHES } from "./style.ts";
import type { Clicks, MapView } from "./view.ts";
import { useWatching, watchForEvent, watchForPurpose } from "./watching.ts";
import { eventPage } from "../shared/eventpage.ts";

const START = { view: "open", region: "", sel: "", grid: "", site: "", component: "", device: "", at: "", show: "sites,grids,names,done", tab: "list" };
type State = typeof START;
type Change = (patch: Partial<State>) => void;

const feed = pageFeed();

/** Loads what the map can't be drawn without; the rest of the page does not wait for it. */
function useSettings(): { settings: MapSettings | null; problem: ApiProblem | null; reload: () => void } {
  const [settings, setSettings] = useState<MapSettings | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const load = useCallback(() => {
    api.map().then(
      (answer) => {
        setServerNow(answer.now);
        setSettings(answer);
        setProblem(null);
      },
      (thrown: unknown) => setProblem(asProblem(thrown)),
    );
  }, []);
  useEffect(load, [load]);
  return { settings, problem, reload: load };
}

function useRegions(): Region[] {
  const [regions, setRegions] = useState<Region[]>([]);
  useEffect(() => {
    api.regions().then(setRegions, () => setRegions([]));
  }, []);
  return regions;
}

interface Listed {
  rows: EventRow[];
  groups: Group[];
  counts: ReturnType<typeof countsOf>;
  /** How many rows the list holds without any filter. */
  total: number;
}

function useListed(me: Me, region: string, view: View): Listed {
  const version = useFeedVersion(feed);
  const now = useNow(5000);
  return useMemo(() => listOf(me, region, view, now, version), [version, now, region, view, me]);
}

function listOf(me: Me, region: string, view: View, now: number, _version: number): Listed {
  const all = [...feed.rows.values()];
  const rows = all.filter(inRegion(region));
  const groups = grouped(rows.filter(inView(view, me.can, now)), now);
  return { rows, groups, counts: countsOf(rows, now), total: all.filter(inView("open", me.can, now)).length };
}

/** The selected event, grid or site with all that its card shows, kept in step with the map. */
function useSelection(me: Me, url: State, set: Change, map: RefObject<MapView | null>, mapReady: boolean) {
  const version = useFeedVersion(feed);
  const row = useMemo(() => findRow(url.sel, version), [url.sel, version]);
  const carded = useCard(url.sel || null, row?.version ?? 0);
  const place = row ?? carded.card;
  const near = useChannels(place, me.can.watch);
  const grid = useAsked(url.grid || null, askGrid);
  const site = useAsked(url.site || null, askSite);
  const component = useAsked(url.component || null, askComponent);
  const device = useAsked(url.device || null, askDevice);
  const watching = useWatching();
  const { closeAll, toggle } = watching;
  const focus = `${url.sel}|${url.grid}|${url.site}|${url.component}|${url.device}`;
  useEffect(() => closeAll, [focus, closeAll]);
  useShownOnMap(place, url.grid, near.data, map, mapReady);

  const put = carded.put;
  const onCard = useCallback(
    (card: EventCard) => {
      put(card);
      feed.put(rowOf(card));
    },
    [put],
  );
  const toggleChannel = (channel: ChannelRow): void => {
    const number = (near.data?.channels.findIndex((one) => one.code === channel.code) ?? -1) + 1;
    toggle(watchForEvent(channel, number, url.sel));
  };
  const select = useCallback((no: string) => set({ sel: no, grid: "", site: "", component: "", device: "" }), [set]);
  const clear = useCallback(() => set({ sel: "", grid: "", site: "", component: "", device: "", tab: "list" }), [set]);
  return { place, carded, near, grid, site, component, device, watching, onCard, toggleChannel, select, clear };
}

type Selection = ReturnType<typeof useSelection>;

/** The row of an event by its number; `_version` says when to look again. */
function findRow(no: string, _version: number): EventRow | null {
  if (no === "") return null;
  for (const row of feed.rows.values()) if (row.no === no) return row;
  return null;
}

function useShownOnMap(place: Pick<EventRow, "id" | "lng" | "lat"> | null, grid: string, near: ChannelsNear | null, map: RefObject<MapView | null>, mapReady: boolean): void {
  const { id, lng, lat } = place ?? { id: null, lng: null, lat: null };
  useEffect(() => map.current?.select(id, grid || null), [id, grid, map, mapReady]);
  useEffect(() => {
    if (lng !== null && lat !== null) map.current?.show({ lng, lat }, false);
  }, [lng, lat, map, mapReady]);
  useEffect(() => {
    map.current?.around(near && lng !== null && lat !== null ? { centre: { lng, lat }, metres: near.metres, channels: near.channels } : null);
  }, [near, lng, lat, map, mapReady]);
}

/** Whether something is selected whose card is shown. */
function cardState(url: State): "open" | "none" {
  return url.sel || url.grid || url.site || url.component || url.device ? "open" : "none";
}

/** What clicks on the map do. */
function clicksOf(selection: Selection, set: Change, stale: () => void): Omit<Clicks, "drawn"> {
  return {
    event: (id) => {
      const found = feed.rows.get(id);
      if (found) set({ sel: found.no, grid: "", site: "", component: "", device: "", tab: "card" });
    },
    channel: (code) => {
      const found = selection.near.data?.channels.find((one) => one.code === code);
      if (found) selection.toggleChannel(found);
    },
    site: (code) => set({ sel: "", grid: "", site: code, component: "", device: "", tab: "card" }),
    component: (code) => set({ sel: "", grid: "", site: "", component: code, device: "", tab: "card" }),
    device: (id) => set({ sel: "", grid: "", site: "", component: "", device: id, tab: "card" }),
    grid: (code) => set({ sel: "", grid: code, site: "", component: "", device: "", tab: "card" }),
    nothing: () => undefined,
    moved: (camera) => set({ at: cameraText(camera) }),
    stale,
  };
}

function openCase(one: { no: string } | null): void {
  if (one) location.assign(eventPage(one.no));
}

export function MapPage({ me }: { me: Me }) {
  const [url, set] = useUrlState(START);
  const { settings, problem, reload } = useSettings();
  const regions = useRegions();
  const line = useLiveState(feed);
  const map = useRef<MapView | null>(null);
  const [mapReady, setMapReady] = useState(false);
  const view: View = isView(url.view) ? url.view : "open";
  const listed = useListed(me, url.region, view);
  const shown = useMemo(() => new Set(url.show.split(",").filter((name): name is Switch => name in SWITCHES)), [url.show]);
  usePatrolStand(me, shown, mapReady, map);
  const selection = useSelection(me, url, set, map, mapReady);
  const { place, select } = selection;

  const home = (): void => {
    if (typeof place?.lng === "number" && typeof place.lat === "number") map.current?.show({ lng: place.lng, lat: place.lat }, true);
    else if (settings) map.current?.fit(settings.home.bbox);
  };
  const chooseRegion = (path: string): void => {
    set({ region: path });
    const box = regions.find((one) => one.path === path)?.bbox ?? settings?.home.bbox;
    if (box) map.current?.fit(box);
  };
  const goToRegion = (found: Region): void => {
    if (regions.some((one) => one.path === found.path)) chooseRegion(found.path);
    else map.current?.fit(found.bbox); /* villages are no filter of the list */
  };
  const goTo = (goal: SearchGoal): void => {
    if (goal.kind === "region") goToRegion(goal.region);
    else if (goal.kind === "place") map.current?.fit(boxOf(goal.place));
    else if (goal.kind === "event") {
      set({ sel: goal.row.no, grid: "", site: "", component: "", device: "", tab: "card" });
      if (goal.row.lng !== null && goal.row.lat !== null) map.current?.show({ lng: goal.row.lng, lat: goal.row.lat }, true);
    } else {
      set({ sel: "", grid: "", site: "", component: "", device: "", [goal.kind]: goal.code, tab: "card" });
      if (goal.kind === "grid") void api.grid(goal.code).then((found) => map.current?.fit(found.bbox), () => undefined);
    }
  };
  const pick = useCallback(async (_start: PointValue | null, address: string): Promise<PointValue | null> => {
    set({ tab: "map" });
    const leave = (press: KeyboardEvent): void => {
      if (press.key !== "Escape") return;
      press.preventDefault();
      press.stopPropagation(); /* gives up the place, not the form that asked for it */
      map.current?.cancelPick();
    };
    document.addEventListener("keydown", leave, true);
    /* Whoever has come close already knows the place: the map must not fly off under the pointer. */
    if (map.current?.isFar()) void placeNamed(address).then((found) => found && map.current?.fit(found.bbox), () => undefined);
    const point = (await map.current?.pick()) ?? null;
    document.removeEventListener("keydown", leave, true);
    set({ tab: "card" });
    return point;
  }, [set]);
  useMapKeys({
    rows: flat(listed.groups), selected: url.sel, channels: selection.near.data?.channels ?? [], asked: selection.near.data !== null || place?.lng === null, select, clear: selection.clear, home,
    open: () => openCase(place), toggleChannel: selection.toggleChannel, map,
  });
  useEffect(() => {
    if (settings) map.current?.renew(settings);
  }, [settings]);
  useEffect(() => map.current?.only(onMap(view, url.region, url.sel, me.can, serverNow)), [view, url.region, url.sel, me, mapReady]);

  const bar = <MapBar feed={feed} rows={listed.rows} counts={listed.counts} regions={regions} region={url.region} view={view} onRegion={chooseRegion} onView={(next) => set({ view: next, tab: "list" })} onGoal={goTo} />;
  const blocked = line.kind === "offline" ? gettext("The line is cut: reading works, steps do not. They will when it is back.") : "";
  return (
    <PointPicker.Provider value={pick}>
      <Page me={me} active="map" bar={bar}>
        <OfflineBar feed={feed} />
        <CounterDialog onCard={selection.onCard} />
        <main class="map-page" data-tab={url.tab} data-card={cardState(url)}>
          <h1 class="unseen">{gettext("Map")}</h1>
          <aside class="queue" aria-label={gettext("Events")}>
            <QueueHead view={view} groups={listed.groups} set={set} />
            <QueueBody listed={listed} heard={line.heardAt > 0} view={view} url={url} set={set} onSelect={(one) => set({ sel: one.no, grid: "", site: "", component: "", device: "", tab: "card" })} onOpen={openCase} />
            <Hints />
          </aside>
          <div class="mapbox">
            {settings ? (
              <Canvas
                settings={settings} feed={feed} camera={readCamera(url.at)} clicks={clicksOf(selection, set, reload)} view={map} shown={shown} patrols={me.can.overview}
                onShown={(next) => set({ show: [...next].join(",") })} onHome={home} onReady={() => setMapReady(true)}
              />
            ) : (
              <div class="map">{problem ? <ProblemState title={gettext("The map could not be opened")} problem={problem} retry={reload} /> : <SkeletonRows rows={3} />}</div>
            )}
            <Dock watches={selection.watching.watches} onClose={selection.watching.close} onCloseAll={selection.watching.closeAll} />
          </div>
          <CardSide
            me={me} url={url} carded={selection.carded} near={selection.near} grid={selection.grid} site={selection.site} component={selection.component} device={selection.device} playing={selection.watching.playing} blocked={blocked}
            onCard={selection.onCard} onToggle={selection.toggleChannel} onPlay={(channel, where, purpose) => selection.watching.toggle(watchForPurpose(channel, where, purpose))}
            onEvent={(one) => select(one.no)} onClose={selection.clear}
          />
        </main>
        <Tabs tab={url.tab} set={set} />
      </Page>
    </PointPicker.Provider>
  );
}

/** On narrow screens one of the three at a time. */
function Tabs({ tab, set }: { tab: string; set: Change }) {
  const tabs: [name: string, label: string, icon: IconName][] = [
    ["list", gettext("List"), "list"],
    ["map", gettext("Map"), "map"],
    ["card", gettext("Card"), "note"],
  ];
  return (
    <nav class="tabs" aria-label={gettext("Parts of the page")}>
      {tabs.map(([name, label, icon]) => (
        <button type="button" key={name} {...(tab === name ? { "aria-current": "true" as const } : {})} onClick={() => set({ tab: name })}>
          <Icon name={icon} size="l" />
          {label}
        </button>
      ))}
    </nav>
  );
}
