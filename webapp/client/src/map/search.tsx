/** Ctrl K: one box for events, regions and grids; what is already here answers at once, places from the server a moment later. */
import { useId, useRef, useState } from "preact/hooks";
import type { EventRow, Placement, Region } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { useKeys } from "../shared/keys.ts";
import { markOf } from "../shared/marks.ts";
import { gridCode, gridTyped, usePlaces } from "../shared/places.ts";
import { serverNow } from "../shared/ticking.ts";
import { Icon, Kbd, Mark } from "../shared/ui/index.ts";
import { titleOf } from "./model.ts";

export type SearchGoal = { kind: "event"; row: EventRow } | { kind: "region"; region: Region } | { kind: "place"; place: Placement } | { kind: "grid"; code: string } | { kind: "site"; code: string };

const MOST = 6;

function carries(words: string[], ...texts: string[]): boolean {
  const whole = texts.join(" ").toLowerCase();
  return words.every((word) => whole.includes(word));
}

/** What fits `typed`: a grid that was typed, events, regions, then the places that the server names, or a site by its code. */
export function goals(typed: string, rows: EventRow[], regions: Region[], places: readonly Placement[]): SearchGoal[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const code = typed.trim();
  const found: SearchGoal[] = [];
  const numbered = gridTyped(code);
  const grid = /^\d{15}$/.test(code) ? code : numbered && gridCode(numbered.number, places);
  if (grid !== null) found.push({ kind: "grid", code: grid });
  for (const row of rows) {
    if (found.length >= MOST) break;
    if (carries(words, row.no, titleOf(row), row.place, row.address, row.holder)) found.push({ kind: "event", row });
  }
  const named = regions.filter((region) => carries(words, region.name, region.code)).slice(0, MOST);
  found.push(...named.map((region): SearchGoal => ({ kind: "region", region })));
  const others = places.filter((place) => !named.some((region) => region.code === place.code)).slice(0, MOST);
  found.push(...others.map((place): SearchGoal => ({ kind: "place", place })));
  if (found.length === 0 && /^[\w-]{6,32}$/.test(code)) found.push({ kind: "site", code });
  return found;
}

export function Search({ rows, regions, onGoal }: { rows: EventRow[]; regions: Region[]; onGoal: (goal: SearchGoal) => void }) {
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const { places, asking, problem } = usePlaces(open ? typed : "");
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const found = open ? goals(typed, rows, regions, places) : [];
  const focus = (): void => input.current?.select();
  const group = gettext("Map");
  useKeys([
    { keys: "Ctrl+k", label: gettext("Search"), group, run: focus },
    { keys: "/", label: gettext("Search"), group, run: focus, hidden: true },
  ]);
  const take = (goal: SearchGoal | undefined): void => {
    if (!goal) return;
    setOpen(false);
    input.current?.blur();
    onGoal(goal);
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((old) => Math.min(found.length - 1, Math.max(0, old + step)));
    }
    if (event.key === "Enter") take(found[at]);
    if (event.key === "Escape") {
      event.stopPropagation();
      setOpen(false);
      input.current?.blur();
    }
  };
  const showing = open && typed.trim() !== "";
  return (
    <div class="search">
      <div class="input">
        <Icon name="search" class="faint" />
        <input
          ref={input}
          type="text"
          role="combobox"
          autocomplete="off"
          aria-label={gettext("Search events, places, grids")}
          aria-expanded={showing}
          aria-controls={list}
          aria-autocomplete="list"
          {...(showing && found[at] ? { "aria-activedescendant": `${list}-${at}` } : {})}
          placeholder={gettext("Search events, places, grids")}
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setTimeout(() => setOpen(false), 150)}
          onKeyDown={press}
        />
        <Kbd>Ctrl K</Kbd>
      </div>
      <ul class="menu search-list" role="listbox" id={list} aria-label={gettext("Found")} hidden={!showing}>
        {found.map((goal, index) => (
          <li key={keyOf(goal)} id={`${list}-${index}`} role="option" aria-selected={index === at} class="menu-item" onPointerDown={() => take(goal)}>
            <Goal goal={goal} />
          </li>
        ))}
        {found.length === 0 && (
          <li class="menu-item dim" role="option" aria-selected={false} aria-disabled="true">
            {asking ? gettext("Looking for places") : problem ? gettext("Places could not be looked up just now.") : gettext("Nothing fits. Events are searched by number, category, place and holder.")}
          </li>
        )}
      </ul>
    </div>
  );
}

function keyOf(goal: SearchGoal): string {
  if (goal.kind === "event") return goal.row.no;
  if (goal.kind === "place") return `${goal.place.path}|${goal.place.name}|${goal.place.lng}`;
  return goal.kind === "region" ? goal.region.path : goal.code;
}

function Goal({ goal }: { goal: SearchGoal }) {
  if (goal.kind === "event") {
    const { row } = goal;
    return (
      <>
        <Mark kind={markOf(row, serverNow())} label />
        <span class="grow cut">
          {titleOf(row)} <span class="dim">{row.place}</span>
        </span>
        <span class="dim small">{row.no}</span>
      </>
    );
  }
  if (goal.kind === "region") {
    return (
      <>
        <Icon name="map" />
        <span class="grow cut">{goal.region.name}</span>
        <span class="dim small">{gettext("Region")}</span>
      </>
    );
  }
  if (goal.kind === "place") {
    return (
      <>
        <Icon name="pin" />
        <span class="grow cut">
          {goal.place.name} <span class="dim">{goal.place.place}</span>
        </span>
        <span class="dim small">{goal.place.kind_label}</span>
      </>
    );
  }
  return (
    <>
      <Icon name={goal.kind === "grid" ? "grid" : "video"} />
      <span class="grow cut">{say(goal.kind === "grid" ? gettext("Grid %(code)s") : gettext("Site %(code)s"), { code: goal.code })}</span>
    </>
  );
}
