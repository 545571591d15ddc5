/* /status: each part of the installation, alarms first. Asks again by itself; an alarm is said aloud once. */
import { useEffect, useState } from "preact/hooks";
import { type ApiProblem, asProblem, type Me } from "../shared/api/index.ts";
import { type StatusPage, type StatusPart, statusApi } from "../shared/api/status.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Page } from "../shared/page.tsx";
import { fullTimeText } from "../shared/time.ts";
import { Mark, ProblemState, SkeletonRows } from "../shared/ui/index.ts";

export const EVERY_MS = 15_000;

export function StatusView({ me }: { me: Me }) {
  const { told, problem, ask } = useStatus();
  return (
    <Page me={me} active="status">
      <main class="register" id="main">
        <div class="register-tools">
          <h1>{gettext("System status")}</h1>
          <span class="grow" />
          {told && <span class="dim num">{fullTimeText(told.at)}</span>}
        </div>
        {problem && <ProblemState title={gettext("The status did not come")} problem={problem} retry={ask} />}
        {!told && !problem && <SkeletonRows rows={4} />}
        {told && !problem && <Parts told={told} />}
      </main>
    </Page>
  );
}

/** The status, asked again every 15 s: an answer that fails is shown, and the next one replaces it. */
function useStatus() {
  const [told, setTold] = useState<StatusPage | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const ask = (): void => {
    statusApi.read().then(
      (page) => {
        setTold(page);
        setProblem(null);
      },
      (thrown: unknown) => setProblem(asProblem(thrown)),
    );
  };
  useEffect(() => {
    ask();
    const timer = window.setInterval(ask, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return { told, problem, ask };
}

function Parts({ told }: { told: StatusPage }) {
  return (
    <>
      <p role={told.alarms > 0 ? "alert" : "status"}>{told.alarms > 0 ? say("Alarms: %(count)s", { count: told.alarms }) : gettext("Everything runs.")}</p>
      <div class="register-rows" tabIndex={0} role="region" aria-label={gettext("System status")}>
        <table class="table register-table">
          <thead>
            <tr>
              <th>{gettext("Part")}</th>
              <th>{gettext("State")}</th>
              <th>{gettext("How it stands")}</th>
            </tr>
          </thead>
          <tbody>
            {told.parts.map((part) => (
              <Line key={part.code} part={part} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Line({ part }: { part: StatusPart }) {
  return (
    <tr data-part={part.code}>
      <th scope="row">{part.label}</th>
      <td>
        <span class="row">
          {part.alarm && <Mark kind="over" />} {part.alarm ? gettext("Alarm") : gettext("In order")}
        </span>
      </td>
      <td class="status-words">{part.words}</td>
    </tr>
  );
}
