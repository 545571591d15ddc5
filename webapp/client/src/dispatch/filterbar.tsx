/* The tools above the list: what narrows it and what it is ordered by. */
import { useEffect, useState } from "preact/hooks";
import { api, type Category, type IsoTime, type Region } from "../shared/api/index.ts";
import { downloadSheets } from "../shared/api/download.ts";
import { gettext, say } from "../shared/i18n.ts";
import { fullText } from "../shared/time.ts";
import { Button, FileButton, Icon, Select } from "../shared/ui/index.ts";
import { EVERYWHERE, inWords, type Narrowing, narrowings, orderChoices, question, regionChoices, stateChoices, widened, type WorkState } from "./filter.ts";

/** The lists that filters choose from; empty until they are here, and where they can't be had. */
export interface Lists {
  readonly regions: readonly Region[];
  readonly categories: readonly Category[];
}

export function useLists(): Lists {
  const [lists, setLists] = useState<Lists>({ regions: [], categories: [] });
  useEffect(() => {
    api.regions().then((regions) => setLists((before) => ({ ...before, regions })), () => undefined);
    api.categories().then((categories) => setLists((before) => ({ ...before, categories })), () => undefined);
  }, []);
  return lists;
}

interface FilterProps {
  readonly state: WorkState;
  readonly lists: Lists;
  readonly title: string;
  readonly shown: number;
  readonly total: number;
  readonly since: IsoTime | null;
  readonly loading: boolean;
  readonly set: (patch: Partial<WorkState>) => void;
  /** Keep what is shown as a view. */
  readonly onKeep: () => void;
}

export function FilterBar(props: FilterProps) {
  const { state, lists, set } = props;
  const [open, setOpen] = useState(false);
  const narrowed = narrowings(state).filter((name) => name !== "q");
  return (
    <div class="tools">
      <div class="tools-line">
        <h1 class="cut">{props.title}</h1>
        <span class="dim cut" aria-live="polite">
          {counted(props)}
        </span>
        <SearchReach state={state} since={props.shown ? props.since : null} set={set} />
        <span class="grow" />
        {state.before !== "" && <FilterTag words={say("Before %(time)s", { time: fullText(state.before) })} onRemove={() => set({ before: "" })} />}
        {narrowed.map((name) => (
          <FilterTag key={name} words={inWords(name, state, lists)} onRemove={() => set({ [name]: "" })} />
        ))}
        {props.total > 0 && (
          <FileButton title={gettext("Handling sheets as one PDF, at most 50")} fetchFile={() => downloadSheets({ filter: question(state) })}>
            PDF
          </FileButton>
        )}
        <Button icon="filter" expanded={open} onClick={() => setOpen(!open)}>
          {gettext("Filter")}
          {narrowed.length > 0 && <span class="count">{narrowed.length}</span>}
        </Button>
        <Select
          class="sortpick"
          label={gettext("Order")}
          value={state.sort}
          options={orderChoices()}
          onChange={(sort) => set({ sort })}
        />
        {state.view !== EVERYWHERE && (
          <Button kind="quiet" icon="save" onClick={props.onKeep}>
            {gettext("Keep as a view")}
          </Button>
        )}
      </div>
      {open && <FilterFields {...props} />}
    </div>
  );
}

/** Where the words are looked for, the way to look further back, and to look in the other place. */
function SearchReach({ state, since, set }: { state: WorkState; since: IsoTime | null; set: (patch: Partial<WorkState>) => void }) {
  if (state.q.trim() === "") return null;
  return state.view === EVERYWHERE ? (
    <>
      {since && <FurtherBack since={since} set={set} />}
      <Button kind="quiet" onClick={() => set({ view: "", q: "" })}>
        {gettext("Back to my own work")}
      </Button>
    </>
  ) : (
    <Button kind="quiet" icon="search" onClick={() => set({ view: EVERYWHERE })}>
      {gettext("Search everywhere")}
    </Button>
  );
}

/** Searches what was reported before `since`. */
export function FurtherBack({ since, set }: { since: IsoTime; set: (patch: Partial<WorkState>) => void }) {
  return (
    <Button icon="clock" onClick={() => set({ before: since })}>
      {gettext("Search further back")}
    </Button>
  );
}

function counted({ state, shown, total, since, loading }: FilterProps): string {
  if (loading && shown === 0) return gettext("Loading");
  if (since) return say("%(total)s back to %(time)s", { total, time: fullText(since) });
  if (state.before !== "") return say("%(total)s older ones", { total });
  return shown < total ? say("%(shown)s of %(total)s", { shown, total }) : say("%(total)s in all", { total });
}

function FilterTag({ words, onRemove }: { words: string; onRemove: () => void }) {
  return (
    <button type="button" class="badge filtertag" aria-label={say("Take off the filter %(filter)s", { filter: words })} onClick={onRemove}>
      {words} <Icon name="x" />
    </button>
  );
}

function FilterFields({ state, lists, set }: { state: WorkState; lists: Lists; set: (patch: Partial<WorkState>) => void }) {
  const pick = (name: Narrowing) => (value: string) => set({ [name]: value });
  return (
    <div class="tools-fields">
      <Select label={gettext("Region")} empty={gettext("All regions")} value={state.region} options={regionChoices(lists.regions)} onChange={pick("region")} />
      <Select
        label={gettext("Category")}
        empty={gettext("All categories")}
        value={state.category}
        options={lists.categories.map((category) => ({ value: category.code, label: `${category.major_name} · ${category.name}` }))}
        onChange={pick("category")}
      />
      <Select label={gettext("State")} empty={gettext("All states")} value={state.state} options={stateChoices()} onChange={pick("state")} />
      <Button kind="quiet" disabled={narrowings(state).length === 0} onClick={() => set(widened())}>
        {gettext("Clear all filters")}
      </Button>
    </div>
  );
}
