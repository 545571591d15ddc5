/* /evaluation: how the month went: rates with their formulas, beside the period before, by region and organisation. */
import { useEffect, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type Evaluation, type EvaluationFilter, type Me } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Page } from "../shared/page.tsx";
import { fullTimeText, wall } from "../shared/time.ts";
import { Empty, ProblemState, SkeletonRows } from "../shared/ui/index.ts";
import { useUrlState } from "../shared/urlstate.ts";
import { Appeals } from "./appeals.tsx";
import { AssessmentForm } from "./assessment.tsx";
import { Chart } from "./chart.tsx";
import { Counted } from "./counted.tsx";
import { CountedGrids } from "./grids.tsx";
import { Groups } from "./groups.tsx";
import { around, type Days, fits, type Kind } from "./period.ts";
import { Tiles } from "./tiles.tsx";
import { Tools, type ToolState } from "./tools.tsx";

const DEFAULTS: ToolState = { kind: "month", from: "", to: "", region: "", category: "", by: "township", as_of: "", view: "", year: "" };

/** The filter that the address says; the prefecture's time zone is meant by a time without one. */
export function filterOf(state: ToolState, today: string): EvaluationFilter {
  const days: Days = fits(state) ? { from: state.from, to: state.to } : around(state.kind as Kind, today);
  return { ...days, region: state.region, category: state.category, by: state.by, as_of: state.as_of && `${state.as_of}:00+08:00` };
}

function todayText(): string {
  const { year, month, day } = wall(Date.now());
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

export function EvaluationPage({ me }: { me: Me }) {
  const [state, set] = useUrlState(DEFAULTS);
  return (
    <Page me={me} active="evaluation">
      <main class="register evaluation" id="main">
        <div class="register-tools">
          <h1>{gettext("Evaluation")}</h1>
          <div class="seg" role="group" aria-label={gettext("What to see")}>
            <button type="button" aria-pressed={state.view === ""} onClick={() => set({ view: "" }, { push: true })}>
              {gettext("Indicators")}
            </button>
            <button type="button" aria-pressed={state.view === "form"} onClick={() => set({ view: "form" }, { push: true })}>
              {gettext("Self-assessment")}
            </button>
            <button type="button" aria-pressed={state.view === "appeals"} onClick={() => set({ view: "appeals" }, { push: true })}>
              {gettext("Appeals")}
            </button>
          </div>
        </div>
        {state.view === "form" && <AssessmentForm year={yearOf(state, todayText())} region={state.region} setYear={(year) => set({ year: String(year) })} />}
        {state.view === "appeals" && <Appeals />}
        {state.view !== "form" && state.view !== "appeals" && <Indicators state={state} set={set} />}
      </main>
    </Page>
  );
}

/** The year of the form: the last one that is over, unless another is asked for. */
export function yearOf(state: ToolState, today: string): number {
  return /^20\d\d$/.test(state.year) ? Number(state.year) : Number(today.slice(0, 4)) - 1;
}

function Indicators({ state, set }: { state: ToolState; set: (patch: Partial<ToolState>) => void }) {
  const filter = filterOf(state, todayText());
  const [report, problem, busy, again] = useReport(filter);
  const [open, setOpen] = useState<{ code: string; key?: string } | null>(null);
  return (
    <>
      <Tools state={state} filter={filter} breakdowns={report?.breakdowns ?? []} busy={busy} set={set} />
      {problem && <ProblemState title={gettext("The report did not come")} problem={problem} retry={again} />}
      {!report && !problem && <SkeletonRows rows={10} columns={[160, 160, 160]} />}
      {report && !problem && <Body report={report} onOpen={(code, key) => setOpen({ code, ...(key === undefined ? {} : { key }) })} />}
      {report && open && <Behind report={report} filter={filter} open={open} onClose={() => setOpen(null)} />}
    </>
  );
}

/** What stands behind one number: events, or grids. */
function Behind({ report, filter, open, onClose }: { report: Evaluation; filter: EvaluationFilter; open: { code: string; key?: string }; onClose: () => void }) {
  const indicator = report.indicators.find((one) => one.code === open.code);
  const group = report.groups.find((one) => one.key === open.key);
  if (!indicator) return null;
  const Shown = indicator.behind === "grids" ? CountedGrids : Counted;
  return <Shown indicator={indicator} filter={filter} {...(group ? { group } : {})} onClose={onClose} />;
}

function Body({ report, onOpen }: { report: Evaluation; onOpen: (code: string, key?: string) => void }) {
  const empty = report.indicators.every((one) => one.now.of === 0);
  return (
    <>
      <p class="dim small">
        {say("%(region)s, %(since)s to %(until)s, as it stood at %(as_of)s; compared with %(before_since)s to %(before_until)s.", {
          region: report.region_label,
          since: report.since,
          until: report.until,
          as_of: fullTimeText(report.as_of),
          before_since: report.before_since,
          before_until: report.before_until,
        })}
      </p>
      {empty && <h2 class="unseen">{gettext("Indicators")}</h2>}
      {empty ? (
        <Empty icon="inbox" title={gettext("Nothing was reported or due in this period")}>
          {gettext("Choose another period, region or category.")}
        </Empty>
      ) : (
        <>
          <Tiles indicators={report.indicators} uncounted={report.uncounted} onOpen={(code) => onOpen(code)} />
          <Chart report={report} />
          <Groups report={report} onOpen={onOpen} />
        </>
      )}
    </>
  );
}

/** The report of a filter; while another is on its way the last one stays. An older answer never overtakes a newer. */
function useReport(filter: EvaluationFilter): [report: Evaluation | null, problem: ApiProblem | null, busy: boolean, again: () => void] {
  const [report, setReport] = useState<Evaluation | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(true);
  const [turn, setTurn] = useState(0);
  const question = JSON.stringify(filter);
  useEffect(() => {
    const stop = new AbortController();
    setBusy(true);
    api
      .evaluation(JSON.parse(question) as EvaluationFilter, stop.signal)
      .then((found) => {
        if (stop.signal.aborted) return;
        setReport(found);
        setProblem(null);
      })
      .catch((thrown: unknown) => !stop.signal.aborted && setProblem(asProblem(thrown)))
      .finally(() => !stop.signal.aborted && setBusy(false));
    return () => stop.abort();
  }, [question, turn]);
  return [report, problem, busy, () => setTurn((old) => old + 1)];
}
