/* /work: one page for every role. What may be done comes with the rows; this page knows no rule of its own. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { EventCard, Me, WorkView } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { type KeyBinding, useKeys } from "../shared/keys.ts";
import { type EventFeed, rowOf, useLiveState } from "../shared/live/feed.ts";
import { Page } from "../shared/page.tsx";
import { Button, cls, Icon, Kbd, LiveLight, OfflineBar, SkeletonRows } from "../shared/ui/index.ts";
import { useUrlState } from "../shared/urlstate.ts";
import { BatchBar } from "./batchbar.tsx";
import { EmptyList } from "./emptylist.tsx";
import { CounterDialog } from "../shared/steps/index.ts";
import { anew, DEFAULTS, EVERYWHERE, turned, type WorkState } from "./filter.ts";
import { FilterBar, FurtherBack, useLists } from "./filterbar.tsx";
import { Placing } from "./placing.tsx";
import { WithPointPicker } from "./pointpicker.tsx";
import { Preview } from "./preview.tsx";
import { KeepView, viewDraft } from "./keepview.tsx";
import { Views } from "./sidebar.tsx";
import { WorkTable } from "./table.tsx";
import { type Carded, useCard } from "./usecard.ts";
import { useWorklist, type Work } from "./useworklist.ts";
import { allToggled, cleared, currentRow, moved, movedTicking, pointed, shownSort, shownView, tickedRows, tickedUpTo, toggled, unticked, viewFrom, type WorkRow } from "./worklist.ts";
import { eventPage } from "../shared/eventpage.ts";

const PLACING_VIEW = "to_place";

export function WorkPage({ me, feed }: { me: Me; feed: EventFeed }) {
  const [state, setState] = useUrlState(DEFAULTS);
  const set = (patch: Partial<WorkState>): void => setState({ no: "", ...anew(patch), ...patch }, { push: "view" in patch || "before" in patch });
  const lists = useLists();
  const work = useWorklist(state, feed);
  const { list } = work;
  const view = shownView(list.views, state.view);
  const shown = { ...state, sort: shownSort(list.views, view, state.sort) };
  const row = currentRow(list);
  const carded = useCard(row?.no ?? null, row?.version ?? 0);
  const live = useLiveState(feed);
  const blocked = live.kind === "offline" ? gettext("Offline: you can read, but take no step until the line is back.") : "";
  const [showViews, setShowViews] = useState(false);
  const [keeping, setKeeping] = useState<WorkView | "new" | null>(null);
  const pick = (code: string): void => {
    const saved = list.views.find((one) => one.code === code)?.saved;
    set({ view: code, ...(saved ? { sort: "" } : {}), ...(state.view === EVERYWHERE ? { q: "" } : {}) });
    setShowViews(false);
  };

  const cursor = list.cursor ?? "";
  useEffect(() => {
    if (list.loaded && cursor !== state.no) setState({ no: cursor });
  }, [cursor, state.no, list.loaded, setState]);

  const onCard = (card: EventCard): void => {
    work.took(rowOf(card));
    carded.put(card);
    work.reload();
  };
  useRowKeys(work, row);
  useKeys([
    { keys: "[", label: gettext("View above"), group: gettext("List"), run: () => pick(viewFrom(list.views, view, -1)) },
    { keys: "]", label: gettext("View below"), group: gettext("List"), run: () => pick(viewFrom(list.views, view, 1)) },
  ]);

  const search = (keys: boolean): ComponentChildren => <Search q={state.q} onSearch={(q) => set({ q })} keys={keys} />;

  return (
    <WithPointPicker>
      <Page me={me} active="work" bar={<Bar feed={feed}>{search(true)}</Bar>}>
        <div class={cls("workgrid", showViews && "show-views")}>
          <Views
            views={list.views}
            view={view}
            onPick={pick}
            onEdit={setKeeping}
          />
          <main class="workmain" id="main">
            <OfflineBar feed={feed} />
            <div class="views-open">
              <Button icon="list" expanded={showViews} onClick={() => setShowViews(!showViews)}>
                {gettext("Views")}
              </Button>
              {search(false)}
            </div>
            <FilterBar state={shown} lists={lists} title={titleOf(work, view)} shown={list.rows.length} total={list.total} since={list.since} loading={work.loading} set={set} onKeep={() => setKeeping("new")} />
            <Rows me={me} state={shown} set={set} work={work} lists={lists} />
            <Foot work={work} blocked={blocked} />
          </main>
          {keeping && (
            <KeepView
              key={keeping === "new" ? "new" : keeping.code}
              me={me}
              kept={keeping === "new" ? null : (keeping.saved ?? null)}
              now={viewDraft(list.views, shown, view)}
              onClose={() => setKeeping(null)}
              onKept={(code) => (code === "" ? pick("") : pick(code))}
              reload={work.reload}
            />
          )}
          <CounterDialog onCard={onCard} />
          <Side view={view} row={row} carded={carded} blocked={blocked} keys={list.ticked.size === 0} onCard={onCard} />
        </div>
      </Page>
    </WithPointPicker>
  );
}

function titleOf(work: Work, shown: string): string {
  if (shown === EVERYWHERE) return gettext("Everywhere");
  return work.list.views.find((view) => view.code === shown)?.label ?? gettext("Work");
}

function open(no: string): void {
  location.assign(eventPage(no));
}

function useRowKeys({ list, change }: Work, row: WorkRow | null): void {
  const group = gettext("List");
  const walk = (press: KeyboardEvent, lines: number): void => change((now) => (press.shiftKey ? movedTicking(now, lines) : moved(now, lines)));
  const bindings: KeyBinding[] = [
    { keys: "j", label: gettext("Next row; with Shift ticked too"), group, run: (press) => walk(press, 1) },
    { keys: "k", label: gettext("Row before; with Shift ticked too"), group, run: (press) => walk(press, -1) },
    { keys: "ArrowDown", label: gettext("Next row"), group, hidden: true, run: (press) => walk(press, 1) },
    { keys: "ArrowUp", label: gettext("Row before"), group, hidden: true, run: (press) => walk(press, -1) },
    { keys: "Enter", label: gettext("Open the event"), group, run: () => row && open(row.no) },
    { keys: "x", label: gettext("Tick the row; with Shift all up to it"), group, run: (press) => row && change((now) => (press.shiftKey ? tickedUpTo(now, row.no) : toggled(now, row.no))) },
    { keys: "*", label: gettext("Tick all rows, or none"), group, run: () => change(allToggled) },
  ];
  useKeys(bindings, list.rows.length > 0);
}

function Bar({ feed, children }: { feed: EventFeed; children: ComponentChildren }) {
  return (
    <>
      <span class="grow" />
      {children}
      <LiveLight feed={feed} />
    </>
  );
}

function Search({ q, onSearch, keys = false }: { q: string; onSearch: (q: string) => void; keys?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  useKeys([{ keys: "/", label: gettext("Search"), group: gettext("List"), run: () => input.current?.focus() }], keys);
  return (
    <form
      class="worksearch input"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed);
      }}
    >
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        value={typed}
        aria-label={gettext("Search number, place or text")}
        placeholder={gettext("Search number, place or text")}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => typed !== q && onSearch(typed)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation(); /* it leaves the field, and the ticks as they are */
          event.currentTarget.blur();
        }}
      />
      <Kbd>/</Kbd>
    </form>
  );
}

function Rows({ me, state, set, work, lists }: { me: Me; state: WorkState; set: (patch: Partial<WorkState>) => void; work: Work; lists: ReturnType<typeof useLists> }) {
  const { list, change } = work;
  if (list.rows.length === 0) {
    if (work.loading) return <SkeletonRows rows={12} columns={[14, 96, 110, 180]} />;
    return <EmptyList me={me} state={state} list={list} lists={lists} problem={work.problem} set={set} reload={work.reload} />;
  }
  return (
    <div class="rows">
      <WorkTable
        list={list}
        sort={state.sort}
        onSort={(name) => set({ sort: turned(state.sort, name) })}
        onPoint={(no) => change((now) => pointed(now, no))}
        onOpen={open}
        onTick={(no, range) => change((now) => (range ? tickedUpTo(now, no) : toggled(now, no)))}
        onTickAll={() => change(allToggled)}
      />
      {list.next !== null && (
        <div class="more">
          <Button busy={work.loading} onClick={work.more}>
            {gettext("Show more")}
          </Button>
        </div>
      )}
      {list.next === null && list.since !== null && (
        <div class="more">
          <FurtherBack since={list.since} set={set} />
        </div>
      )}
    </div>
  );
}

function Foot({ work, blocked }: { work: Work; blocked: string }) {
  return (
    <BatchBar
      rows={tickedRows(work.list)}
      blocked={blocked}
      onClear={() => work.change(cleared)}
      onDone={(done) => {
        work.change((list) => unticked(list, done));
        work.reload();
      }}
    />
  );
}

function Side({ view, row, carded, blocked, keys, onCard }: { view: string; row: WorkRow | null; carded: Carded; blocked: string; keys: boolean; onCard: (card: EventCard) => void }) {
  const { card } = carded;
  if (view === PLACING_VIEW && card && row && card.lng === null) {
    return (
      <div class="prev-column prev-placing">
        <Placing key={card.no} card={card} blocked={blocked} onCard={onCard} />
        <Preview row={row} carded={carded} blocked={blocked} keys={keys} onCard={onCard} />
      </div>
    );
  }
  return (
    <div class="prev-column">
      <Preview row={row} carded={carded} blocked={blocked} keys={keys} onCard={onCard} />
    </div>
  );
}
