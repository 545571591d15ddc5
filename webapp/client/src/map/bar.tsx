/** What the map adds to the top bar: region, search, counts, light and clock. */
import type { EventRow, Region } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { type EventFeed } from "../shared/live/feed.ts";
import { markLabel } from "../shared/marks.ts";
import { useNow } from "../shared/ticking.ts";
import { dateText, secondsText, weekdayText } from "../shared/time.ts";
import { cls, LiveLight, Mark } from "../shared/ui/index.ts";
import type { Counts, View } from "./model.ts";
import { Search, type SearchGoal } from "./search.tsx";

interface BarProps {
  feed: EventFeed;
  rows: EventRow[];
  counts: Counts;
  regions: Region[];
  region: string;
  view: View;
  onRegion: (path: string) => void;
  onView: (view: View) => void;
  onGoal: (goal: SearchGoal) => void;
}

export function MapBar(props: BarProps) {
  return (
    <>
      <RegionFilter regions={props.regions} region={props.region} onRegion={props.onRegion} />
      <Search rows={props.rows} regions={props.regions} onGoal={props.onGoal} />
      <span class="grow" />
      <Counters counts={props.counts} view={props.view} onView={props.onView} />
      <span class="bar-rule" />
      <LiveLight feed={props.feed} />
      <WallClock />
    </>
  );
}

/** Counties as groups, their townships below them. */
function RegionFilter({ regions, region, onRegion }: Pick<BarProps, "regions" | "region" | "onRegion">) {
  const roots = regions.filter((one) => !regions.some((other) => other !== one && one.path.startsWith(other.path)));
  const groups = regions.filter((one) => one.level === "county" && !roots.includes(one));
  const below = (path: string): Region[] => regions.filter((one) => one.level === "township" && one.path.startsWith(path) && one.path !== path);
  const loose = roots.flatMap((root) => (groups.some((group) => group.path.startsWith(root.path)) ? [] : below(root.path)));
  return (
    <select class="input region" aria-label={gettext("Region")} value={region} onChange={(event) => onRegion(event.currentTarget.value)}>
      <option value="">{roots.length === 1 ? roots[0]?.name : gettext("All my ground")}</option>
      {roots.length > 1 && roots.map((one) => <option value={one.path} key={one.path}>{one.name}</option>)}
      {loose.map((one) => (
        <option value={one.path} key={one.path}>
          {one.name}
        </option>
      ))}
      {groups.map((group) => (
        <optgroup label={group.name} key={group.path}>
          <option value={group.path}>{group.name}</option>
          {below(group.path).map((one) => (
            <option value={one.path} key={one.path}>
              {one.name}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

const ORDER = ["to_accept", "to_dispatch", "handling", "near", "over"] as const;

function countWords(): Record<(typeof ORDER)[number], [label: string, means: string]> {
  return {
    to_accept: [gettext("To accept"), gettext("Reported and not yet accepted")],
    to_dispatch: [gettext("To dispatch"), gettext("Accepted and not yet dispatched")],
    handling: [gettext("In handling"), gettext("Dispatched and not yet closed, suspended ones included")],
    near: [markLabel("near"), gettext("Less than a quarter of the stage's allowance is left, or less than an hour")],
    over: [markLabel("over"), gettext("The stage's allowance is used up")],
  };
}

function Counters({ counts, view, onView }: Pick<BarProps, "counts" | "view" | "onView">) {
  const words = countWords();
  return (
    <div class="counters" role="group" aria-label={gettext("Open events")}>
      {ORDER.map((name) => {
        const marked = name === "near" || name === "over";
        return (
          <button type="button" key={name} class={cls("counter", marked && `is-${name}`)} title={words[name][1]} aria-pressed={view === name} onClick={() => onView(view === name ? "open" : name)}>
            {marked && <Mark kind={name} />}
            {words[name][0]} <b>{counts[name]}</b>
          </button>
        );
      })}
    </div>
  );
}

function WallClock() {
  const now = useNow();
  return (
    <span class="wall-clock">
      <time class="wall-time">{secondsText(now)}</time>
      <span class="dim small wall-date">
        {dateText(now)}
        <br />
        {weekdayText(now)}
      </span>
    </span>
  );
}
