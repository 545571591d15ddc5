/** Starts a page: theme, who is asking, then the page itself. Until then, grey bars. */
import { type ComponentChildren, render, type VNode } from "preact";
import "./styles/tokens.css";
import "./styles/components.css";
import { api, type ApiProblem, asProblem, type Me } from "./api/index.ts";
import { gettext } from "./i18n.ts";
import { keptTheme, type Theme } from "./theme.ts";
import { KeyHelp } from "./ui/keyhelp.tsx";
import { ProblemState } from "./ui/states.tsx";
import { SkeletonRows } from "./ui/basics.tsx";
import { Toasts } from "./ui/toasts.tsx";
import { type Place, TopBar } from "./ui/topbar.tsx";
import { watchFocus } from "./ui/uncover.ts";

/** Loads /me and shows `page`; `theme` is the default where none was chosen. */
export function startPage(page: (me: Me) => VNode, options: { theme: Theme }): void {
  document.documentElement.dataset["theme"] = keptTheme() ?? document.documentElement.dataset["theme"] ?? options.theme;
  const root = document.getElementById("app");
  if (root === null) throw new Error("The page's shell has no #app.");
  watchFocus();
  const fail = (problem: ApiProblem): void => {
    if (problem.status === 401) return; /* on the way to the sign-in page */
    render(<ProblemState title={gettext("The page could not be opened")} problem={problem} retry={load} />, root);
  };
  const load = (): void => {
    render(<SkeletonRows rows={8} />, root);
    api.me().then(
      (me) => render(page(me), root),
      (thrown: unknown) => fail(asProblem(thrown)),
    );
  };
  load();
}

/** The frame of a console page: bar, content, toasts, key help. `bar` stands between the navigation and the user. */
export function Page({ me, active, bar, children }: { me: Me; active: Place; bar?: ComponentChildren; children: ComponentChildren }) {
  return (
    <>
      <TopBar me={me} active={active}>
        {bar}
      </TopBar>
      {children}
      <Toasts />
      <KeyHelp />
    </>
  );
}
