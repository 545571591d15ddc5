/* The rows of a worklist: one line each, the clock said both ways, the cursor and the ticks. */
import { useEffect, useRef } from "preact/hooks";
import { gettext, pgettext, say } from "../shared/i18n.ts";
import { markOf, REVIEW } from "../shared/marks.ts";
import { useNow } from "../shared/ticking.ts";
import { remaining, reviewText, whenText } from "../shared/time.ts";
import { AskedBadge, Badge, cls, Icon, JointBadges, Mark, MergedBadge, ReopenedBadge, SupervisionBadge, UrgentBadge } from "../shared/ui/index.ts";
import { ownClock, type Worklist, type WorkRow } from "./worklist.ts";
import { eventPage } from "../shared/eventpage.ts";

interface TableProps {
  readonly list: Worklist;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly onPoint: (no: string) => void;
  readonly onOpen: (no: string) => void;
  /** `range`: all rows up to it from the one that was ticked last. */
  readonly onTick: (no: string, range: boolean) => void;
  readonly onTickAll: () => void;
}

/** Times by the minute are enough for lists; under ten minutes they count seconds. */
function useListClock(rows: readonly WorkRow[]): number {
  const slow = useNow(15_000);
  const soon = rows.some((row) => row.stage_due_at !== null && Math.abs(Date.parse(row.stage_due_at) - slow) < 630_000);
  const fast = useNow(soon ? 1000 : 15_000);
  return soon ? fast : slow;
}

export function WorkTable(props: TableProps) {
  const { list } = props;
  const now = useListClock(list.rows);
  const all = list.rows.length > 0 && list.rows.every((row) => list.ticked.has(row.no));
  return (
    <table class="table worktable" tabIndex={-1} data-keyhome aria-label={gettext("Events")} aria-rowcount={list.total}>
      <thead>
        <tr>
          <th class="col-check">
            <input type="checkbox" class="rowcheck" checked={all} aria-label={gettext("Tick all rows")} onChange={props.onTickAll} />
          </th>
          <th class="col-mark">
            <span class="unseen">{gettext("Urgency")}</span>
          </th>
          <th class="col-no">{gettext("Number")}</th>
          <SortHead name="category" class="col-category" {...props}>
            {gettext("Category")}
          </SortHead>
          <SortHead name="place" class="col-place" {...props}>
            {gettext("Place and grid")}
          </SortHead>
          <SortHead name="state" class="col-state" {...props}>
            {gettext("State")}
          </SortHead>
          <SortHead name="due" class="col-left num" {...props}>
            {pgettext("time", "Left")}
          </SortHead>
          <th class="col-due">{gettext("Due")}</th>
          <SortHead name="-reported" class="col-source" {...props}>
            {gettext("Source")}
          </SortHead>
          <th class="col-flags">{gettext("Flags")}</th>
        </tr>
      </thead>
      <tbody>
        {list.rows.map((row) => (
          <Line key={row.id} row={row} now={now} current={row.no === list.cursor} ticked={list.ticked.has(row.no)} {...props} />
        ))}
      </tbody>
    </table>
  );
}

function headWords(name: string): string {
  const words: Record<string, string> = {
    due: gettext("Order by time left; once more turns it round"),
    "-reported": gettext("Order by time of report; once more turns it round"),
    category: gettext("Order by category; once more turns it round"),
    place: gettext("Order by place; once more turns it round"),
    state: gettext("Order by state; once more turns it round"),
  };
  return words[name] ?? "";
}

function SortHead({ name, sort, onSort, class: extra, children }: { name: string; sort: string; onSort: (sort: string) => void; class: string; children: preact.ComponentChildren }) {
  const column = name.replace(/^-/, "");
  const active = sort.replace(/^-/, "") === column;
  return (
    <th class={extra} aria-sort={active ? (sort.startsWith("-") ? "descending" : "ascending") : "none"}>
      <button type="button" class={cls("sorthead", active && "strong")} title={headWords(name)} onClick={() => onSort(name)}>
        {children}
        {active && <Icon name={sort.startsWith("-") ? "down" : "up"} />}
      </button>
    </th>
  );
}

function Line(props: TableProps & { row: WorkRow; now: number; current: boolean; ticked: boolean }) {
  const { row, now, current, ticked } = props;
  const line = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (current) line.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const timed = ownClock(row);
  const mark = markOf(timed, now);
  const pressing = mark === "near" || mark === "over";
  const inControl = (event: Event): boolean => event.target instanceof Element && event.target.closest("a, input") !== null;
  return (
    <tr
      ref={line}
      aria-selected={ticked}
      {...(current ? { "aria-current": "true" as const } : {})}
      onClick={(event) => !inControl(event) && props.onPoint(row.no)}
      onDblClick={(event) => !inControl(event) && props.onOpen(row.no)}
    >
      <td>
        <input type="checkbox" class="rowcheck" checked={ticked} aria-label={say("Tick %(no)s", { no: row.no })} onClick={(click) => props.onTick(row.no, click.shiftKey)} />
      </td>
      <td class="cell-mark">
        <Mark kind={mark} label />
      </td>
      <td class="mono">
        <a class="no-link" href={eventPage(row.no)}>
          {row.no.replace(/^EV/, "")}
        </a>
      </td>
      <td class={cls(pressing && "strong", !row.category && "dim")} title={row.category?.name ?? ""}>
        {row.category?.name ?? gettext("No category yet")}
      </td>
      <td title={[row.address, row.place].filter(Boolean).join(" · ")}>
        <div class="cell-place">
          <span class="cell-grid">{row.place === "" ? gettext("not placed") : shortPlace(row.place)}</span>
          <span class="faint">{row.address}</span>
        </div>
      </td>
      <td>{row.state_label}</td>
      <td class={cls("num", pressing && `is-${mark} strong`)}>{leftWords(timed, now)}</td>
      <td class="dim">{dueWords(timed, now)}</td>
      <td class="dim" title={say("Reported %(when)s", { when: whenText(row.reported_at, now) })}>
        {row.source_label}
      </td>
      <td class="cell-flags">
        <RowFlags row={row} />
      </td>
    </tr>
  );
}

/** Village and grid: the township is said by the filter and by the preview. */
export function shortPlace(place: string): string {
  const [township = "", ...rest] = place.split(" ");
  return rest.length ? rest.join(" ") : township;
}

function leftWords(row: WorkRow, now: number): string {
  if (row.ended_at !== null) return gettext("ended");
  return row.stage_due_at === null || row.stage === REVIEW ? gettext("Clock stopped") : remaining(row.stage_due_at, now).text;
}

function dueWords(row: WorkRow, now: number): string {
  const moment = row.ended_at ?? row.stage_due_at;
  if (moment === null) return "";
  return row.ended_at === null && row.stage === REVIEW ? reviewText(moment, now) : whenText(moment, now);
}

/** What is out of the ordinary, what presses most first: supervised, urgent, applied for, urged, reworked, returned, taken up again. */
export function RowFlags({ row }: { row: Pick<WorkRow, "urgent" | "urges" | "reworks" | "returns" | "reopens" | "supervision" | "asked" | "ended_at" | "merged_into" | "taken_in" | "joint" | "joint_returned" | "share"> }) {
  return (
    <>
      {row.ended_at === null && <SupervisionBadge level={row.share?.supervision ?? row.supervision} />}
      {row.share && <Badge>{gettext("Joint")}</Badge>}
      {row.ended_at === null && !row.share && <JointBadges row={row} />}
      {row.urgent && <UrgentBadge />}
      <AskedBadge asked={row.asked} />
      {row.urges > 0 && <Badge>{say("Urged %(count)s", { count: row.urges })}</Badge>}
      {row.reworks > 0 && <Badge>{say("Reworked %(count)s", { count: row.reworks })}</Badge>}
      {row.returns > 0 && <Badge>{say("Returned %(count)s", { count: row.returns })}</Badge>}
      <ReopenedBadge count={row.reopens} />
      <MergedBadge row={row} />
    </>
  );
}
