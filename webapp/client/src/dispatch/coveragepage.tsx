/* /coverage: which grids were visited as due, by region, on the map, and the grids behind each number. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type Coverage, type CoverageRow, type GridPatrol, type Me } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Page } from "../shared/page.tsx";
import { patrolMark, patrolWords, shareText } from "../shared/patrolwords.ts";
import { useNow } from "../shared/ticking.ts";
import { dateText, dayText, fullText } from "../shared/time.ts";
import { Button, Empty, Icon, Mark, ProblemState, SkeletonRows } from "../shared/ui/index.ts";
import { useUrlState } from "../shared/urlstate.ts";
import { CoverageGround } from "./coveragemap.tsx";
import { shadeOf } from "./coverageshades.ts";

const DEFAULTS = { region: "", from: "", to: "", show: "overdue" };
type State = typeof DEFAULTS;

/** An answer to a question: the last one asked, so that no older answer overtakes it. */
function useAnswer<T>(question: string, ask: (signal: AbortSignal) => Promise<T>): { answer: T | null; problem: ApiProblem | null; again: () => void } {
  const [answer, setAnswer] = useState<T | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [turn, setTurn] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const stop = new AbortController();
    latest.current(stop.signal).then(
      (fresh) => {
        setAnswer(fresh);
        setProblem(null);
      },
      (thrown: unknown) => {
        if (!stop.signal.aborted) setProblem(asProblem(thrown));
      },
    );
    return () => stop.abort();
  }, [question, turn]);
  return { answer, problem, again: () => setTurn((before) => before + 1) };
}

export function CoveragePage({ me }: { me: Me }) {
  const [state, set] = useUrlState(DEFAULTS);
  const { show, ...filter } = state;
  const question = JSON.stringify(filter);
  const { answer, problem, again } = useAnswer(question, (signal) => api.coverage(filter, signal));
  const open = (region: string): void => set({ region }, { push: true });
  return (
    <Page me={me} active="coverage">
      <main class="register" id="main">
        <div class="register-tools">
          <h1>{gettext("Patrol coverage")}</h1>
          <span class="grow" />
          <Days state={state} coverage={answer} set={set} />
          <Button icon="refresh" onClick={again}>
            {gettext("Ask again")}
          </Button>
        </div>
        {problem && <ProblemState title={gettext("The coverage did not come")} problem={problem} retry={again} />}
        {!problem && answer === null && <SkeletonRows rows={10} columns={[160, 90, 240]} />}
        {!problem && answer && (
          <>
            <Way coverage={answer} onOpen={open} />
            <Sum coverage={answer} />
            <div class="coverage-top">
              <Regions coverage={answer} onOpen={open} />
              <CoverageGround coverage={answer} onPick={open} />
            </div>
            <Grids filter={filter} show={show} onShow={(chosen) => set({ show: chosen })} />
          </>
        )}
      </main>
    </Page>
  );
}

function Days({ state, coverage, set }: { state: State; coverage: Coverage | null; set: (patch: Partial<State>) => void }) {
  const day = (name: "from" | "to", label: string, shown: string) => (
    <label class="small">
      {label}{" "}
      <input
        type="date"
        class="input"
        value={state[name] || shown}
        onChange={(event) => {
          const { value } = event.currentTarget;
          /* One day alone would be held against the other's default: both are said. */
          set({ from: state.from || (coverage?.first ?? ""), to: state.to || (coverage?.last ?? ""), [name]: value });
        }}
      />
    </label>
  );
  return (
    <div class="coverage-days">
      {day("from", gettext("from"), coverage?.first ?? "")}
      {day("to", gettext("to"), coverage?.last ?? "")}
      {(state.from || state.to) && (
        <Button kind="quiet" onClick={() => set({ from: "", to: "" })}>
          {gettext("Last four weeks")}
        </Button>
      )}
    </div>
  );
}

/** Where one is, and the way back up. */
function Way({ coverage, onOpen }: { coverage: Coverage; onOpen: (path: string) => void }) {
  return (
    <nav class="coverage-way" aria-label={gettext("Regions")}>
      {coverage.above.map(([path, name], at) =>
        path === coverage.total.path ? (
          <span key={path} class="strong" aria-current="page">
            {name}
          </span>
        ) : (
          <span key={path}>
            <button type="button" class="linkbtn" onClick={() => onOpen(at === 0 ? "" : path)}>
              {name}
            </button>{" "}
            <Icon name="right" />
          </span>
        ),
      )}
    </nav>
  );
}

function Sum({ coverage }: { coverage: Coverage }) {
  const { total } = coverage;
  const part = (label: string, value: string, under: string) => (
    <div>
      <span class="small dim">{label}</span>
      <b class="num">{value}</b>
      <span class="small dim">{under}</span>
    </div>
  );
  const counted = (visited: number, due: number): string => say("%(visited)s / %(due)s", { visited, due });
  return (
    <section aria-label={gettext("In all")}>
      <p class="small dim">
        {coverage.formula} {say("As known on %(when)s.", { when: fullText(coverage.as_of) })}
      </p>
      <div class="coverage-sum">
        {part(gettext("Coverage"), shareText(total.visited, total.due), counted(total.visited, total.due))}
        {part(gettext("Of it key areas"), shareText(total.key_visited, total.key_due), counted(total.key_visited, total.key_due))}
        {part(gettext("Grids with a plan"), String(total.grids), gettext("today"))}
        {part(gettext("Visited"), String(total.today_visited), gettext("in the present period"))}
        {part(gettext("To visit"), String(total.today_due), gettext("still in time"))}
        {part(gettext("Missed last time"), String(total.today_overdue), gettext("and not visited since"))}
      </div>
    </section>
  );
}

function Regions({ coverage, onOpen }: { coverage: Coverage; onOpen: (path: string) => void }) {
  const rows = coverage.rows.filter((row) => row.grids > 0 || row.due > 0);
  if (rows.length === 0) {
    return (
      <Empty icon="map" title={gettext("No plan asks for a visit here")}>
        {gettext("Plans say which grids are to be visited how often. They are loaded from a file; the administrator knows how.")}
      </Empty>
    );
  }
  return (
    <div class="register-rows" role="region" tabIndex={0} aria-label={gettext("Coverage by region")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th>{gettext("Region")}</th>
            <th class="num">{gettext("Coverage")}</th>
            <th>
              <span class="unseen">{gettext("As a bar")}</span>
            </th>
            <th class="num">{gettext("Visited as due / due")}</th>
            <th class="num">{gettext("Missed last time")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <RegionLine key={row.path} row={row} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RegionLine({ row, onOpen }: { row: CoverageRow; onOpen: (path: string) => void }) {
  const shade = shadeOf(row);
  return (
    <tr>
      <td class="coverage-name" title={row.name}>
        {row.level === "grid" ? (
          row.name
        ) : (
          <button type="button" class="linkbtn" onClick={() => onOpen(row.path)}>
            {row.name}
          </button>
        )}
      </td>
      <td class="num strong">{shareText(row.visited, row.due)}</td>
      <td class="coverage-bar">
        <div class={`bar is-${shade}`}>
          <i style={{ width: `${row.due ? (row.visited / row.due) * 100 : 0}%` }} />
        </div>
      </td>
      <td class="num">
        {row.visited} / {row.due}
      </td>
      <td class={row.today_overdue ? "num is-over strong" : "num dim"}>{row.today_overdue}</td>
    </tr>
  );
}

function showChoices(): { value: string; label: string }[] {
  return [
    { value: "overdue", label: gettext("Missed last time") },
    { value: "missed", label: gettext("Missed in these days") },
    { value: "all", label: gettext("All with a plan") },
  ];
}

/** The rows behind the numbers. */
function Grids({ filter, show, onShow }: { filter: Omit<State, "show">; show: string; onShow: (show: string) => void }) {
  const { answer, problem, again } = useAnswer(JSON.stringify([filter, show]), (signal) => api.coverageGrids({ ...filter, show }, signal));
  return (
    <section class="coverage-grids">
      <div class="register-tools">
        <h2>
          {gettext("Grids")} {answer && <span class="count">{answer.total}</span>}
        </h2>
        <span class="grow" />
        <div class="seg" role="group" aria-label={gettext("Which grids")}>
          {showChoices().map((choice) => (
            <button type="button" key={choice.value} aria-pressed={choice.value === show} onClick={() => onShow(choice.value)}>
              {choice.label}
            </button>
          ))}
        </div>
      </div>
      {problem && <ProblemState title={gettext("The grids did not come")} problem={problem} retry={again} />}
      {!problem && answer === null && <SkeletonRows rows={6} columns={[14, 200, 120]} />}
      {!problem && answer?.rows.length === 0 && <Empty icon="check" title={gettext("No grid is among them")}>{gettext("Nothing was missed here; choose All with a plan to see the others.")}</Empty>}
      {!problem && answer && answer.rows.length > 0 && <GridTable rows={answer.rows} total={answer.total} />}
    </section>
  );
}

function GridTable({ rows, total }: { rows: readonly GridPatrol[]; total: number }) {
  const now = useNow(60_000);
  return (
    <div class="register-rows" role="region" tabIndex={0} aria-label={gettext("Grids")}>
      <table class="table register-table">
        <thead>
          <tr>
            <th>{gettext("Grid")}</th>
            <th>{gettext("Today")}</th>
            <th>{gettext("Due until")}</th>
            <th>{gettext("Last visit")}</th>
            <th class="num">{gettext("Visited as due / due")}</th>
            <th>{gettext("Grid officers")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.code}>
              <td title={row.code}>
                <a href={`/map?grid=${row.code}`}>{row.place}</a>
                {row.key_area && <span class="dim small"> {gettext("key area")}</span>}
              </td>
              <td>
                <Mark kind={patrolMark(row.status)} /> {patrolWords(row.status)}
              </td>
              <td>{row.due_until ? dayText(Date.parse(row.due_until), now) : "–"}</td>
              <td>{row.visited_on ? dateText(Date.parse(row.visited_on)) : gettext("never lately")}</td>
              <td class="num">
                {row.visited} / {row.due}
              </td>
              <td>{row.officers.join("、") || <span class="is-near">{gettext("Nobody walks it")}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < total && <p class="more small dim">{say("The %(shown)s least covered of %(total)s are shown. Choose a smaller region to see others.", { shown: rows.length, total })}</p>}
    </div>
  );
}
