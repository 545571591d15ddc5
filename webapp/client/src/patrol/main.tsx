/* Starts the patrol page. Unlike the consoles it also opens without an answer, as the account that was here last. */
import { render } from "preact";
import { api, type ApiProblem, asProblem, type Me } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import "../shared/styles/tokens.css";
import "../shared/styles/components.css";
import { ProblemState, SkeletonRows } from "../shared/ui/index.ts";
import { watchFocus } from "../shared/ui/uncover.ts";
import { PatrolApp } from "./app.tsx";
import "./patrol.css";

const ME_KEY = "wangge.patrol.me";

function lastMe(): Me | null {
  try {
    return JSON.parse(localStorage.getItem(ME_KEY) ?? "null") as Me | null;
  } catch {
    return null;
  }
}

function rememberMe(me: Me): void {
  try {
    localStorage.setItem(ME_KEY, JSON.stringify(me));
  } catch {
    /* Closed to us: the page then needs an answer to open. */
  }
}

const root = document.getElementById("app");
if (root === null) throw new Error("The page's shell has no #app.");
const place = root;
document.documentElement.dataset["size"] = "phone";
watchFocus();

function open(me: Me): void {
  render(<PatrolApp me={me} />, place);
}

function failed(problem: ApiProblem): void {
  if (problem.status === 401) return; /* on the way to the sign-in page */
  const last = problem.status === 0 || problem.status >= 500 ? lastMe() : null;
  if (last) open(last);
  else render(<ProblemState title={gettext("The page could not be opened")} problem={problem} retry={start} />, place);
}

function start(): void {
  render(<SkeletonRows rows={8} />, place);
  api.me().then(
    (me) => {
      rememberMe(me);
      open(me);
    },
    (thrown: unknown) => failed(asProblem(thrown)),
  );
}

start();
