/** The list beside the map: the same selection, for eyes, keys and screen readers. Only what is in view is drawn. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { EventRow, MarkKind } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { keysHeld } from "../shared/keys.ts";
import { markLabel, REVIEW } from "../shared/marks.ts";
import { useNow } from "../shared/ticking.ts";
import { clockText, shortLeft } from "../shared/time.ts";
import { askedWords, CardShape, cls, flagOf, Mark, supervisionWords } from "../shared/ui/index.ts";
import { type Group, shortPlace, shortState, titleOf } from "./model.ts";

type Line = { kind: "head"; mark: MarkKind; count: number } | { kind: "row"; row: EventRow; mark: MarkKind; place: number };

interface QueueProps {
  groups: Group[];
  selected: string;
  onSelect: (row: EventRow) => void;
  onOpen: (row: EventRow) => void;
}

function linesOf(groups: Group[]): Line[] {
  let place = 0;
  return groups.flatMap((group): Line[] => [
    { kind: "head", mark: group.mark, count: group.rows.length },
    ...group.rows.map((row): Line => ({ kind: "row", row, mark: group.mark, place: (place += 1) })),
  ]);
}

/** Height of a row in pixels, which the theme's scale sets. */
function rowHeight(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")) || 32;
}

const SPARE = 8;

export function Queue({ groups, selected, onSelect, onOpen }: QueueProps) {
  const box = useRef<HTMLDivElement>(null);
  const height = useMemo(rowHeight, []);
  const [window_, setWindow] = useState({ top: 0, height: 900 });
  const lines = useMemo(() => linesOf(groups), [groups]);
  const total = lines.reduce((sum, line) => sum + (line.kind === "row" ? 1 : 0), 0);
  const now = useNow();

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = (): void => setWindow({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);

  const at = lines.findIndex((line) => line.kind === "row" && line.row.no === selected);
  useEffect(() => {
    const element = box.current;
    if (!element || at < 0) return;
    if (at * height < element.scrollTop + height) element.scrollTop = Math.max(0, (at - 1) * height);
    else if ((at + 1) * height > element.scrollTop + element.clientHeight) element.scrollTop = (at + 1) * height - element.clientHeight;
  }, [at, selected, height]);

  const first = Math.max(0, Math.floor(window_.top / height) - SPARE);
  const last = Math.min(lines.length, Math.ceil((window_.top + window_.height) / height) + SPARE);
  return (
    <div
      class="queue-scroll"
      ref={box}
      role="listbox"
      tabIndex={0}
      data-keyhome
      aria-label={gettext("Events")}
      {...(at >= 0 ? { "aria-activedescendant": `queue-${selected}` } : {})}
      onKeyDown={(press) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[press.key];
        if (step === undefined || keysHeld()) return;
        press.preventDefault();
        const rows = lines.filter((line) => line.kind === "row");
        const here = rows.findIndex((line) => line.row.no === selected);
        const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
        if (next) onSelect(next.row);
      }}
    >
      <div role="presentation" style={{ height: `${first * height}px` }} />
      {lines.slice(first, last).map((line) =>
        line.kind === "head" ? (
          <div class="group" role="presentation" key={line.mark}>
            <Mark kind={line.mark} />
            <span class="strong">{markLabel(line.mark)}</span>
            <span>{line.count}</span>
          </div>
        ) : (
          <QueueRow key={line.row.id} line={line} total={total} now={now} selected={line.row.no === selected} onSelect={onSelect} onOpen={onOpen} />
        ),
      )}
      <div role="presentation" style={{ height: `${Math.max(0, lines.length - last) * height}px` }} />
    </div>
  );
}

interface RowProps {
  line: Line & { kind: "row" };
  total: number;
  now: number;
  selected: boolean;
  onSelect: (row: EventRow) => void;
  onOpen: (row: EventRow) => void;
}

function QueueRow({ line, total, now, selected, onSelect, onOpen }: RowProps) {
  const { row, mark } = line;
  return (
    <div
      class={cls("queue-row", `is-${mark}`, (mark === "over" || mark === "near") && "hot")}
      id={`queue-${row.no}`}
      role="option"
      aria-selected={selected}
      aria-setsize={total}
      aria-posinset={line.place}
      onClick={() => onSelect(row)}
      onDblClick={() => onOpen(row)}
    >
      <Mark kind={mark} label />
      <span class="cat cut">
        {row.urgent && <span class="unseen">{gettext("Urgent")} </span>}
        {titleOf(row)}
        <RowFlag row={row} />
      </span>
      <span class="where cut" title={row.place}>
        {row.place ? shortPlace(row.place) : gettext("No place yet")}
      </span>
      <span class="state cut" title={row.state_label}>{shortState(row.state_label)}</span>
      <span class={cls("left", `is-${mark}`)}>{leftText(row, mark, now)}</span>
    </div>
  );
}

/** The strongest flag beside the name, spoken in words. */
function RowFlag({ row }: { row: EventRow }) {
  const flag = flagOf(row);
  if (flag === "") return null;
  const words = flag === "asked" ? askedWords(row.asked) : supervisionWords(row.supervision);
  return (
    <span class="rowflag" title={words}>
      {flag === "yellow" || flag === "red" ? <CardShape level={flag} /> : <span aria-hidden="true">{flag === "asked" ? "?" : "!"}</span>}
      <span class="unseen">{words}</span>
    </span>
  );
}

function leftText(row: EventRow, mark: MarkKind, now: number): string {
  if (mark === "done") return row.ended_at === null ? "" : clockText(row.ended_at);
  if (row.stage_due_at === null || (row.stage === REVIEW && mark === "wait")) return gettext("Stopped");
  return shortLeft(row.stage_due_at, now);
}
