/* Why a list is empty, and the way on: nothing to do, filtered out, not for this post, or no connection. */
import type { ApiProblem, Me } from "../shared/api/index.ts";
import { gettext, pgettext, say } from "../shared/i18n.ts";
import { fullText } from "../shared/time.ts";
import { Button, Empty, ProblemState } from "../shared/ui/index.ts";
import { EVERYWHERE, inWords, narrowings, widened, type WorkState } from "./filter.ts";
import { FurtherBack, type Lists } from "./filterbar.tsx";
import { elsewhere, shownView, type Worklist } from "./worklist.ts";

interface EmptyProps {
  readonly me: Me;
  readonly state: WorkState;
  readonly list: Worklist;
  readonly lists: Lists;
  readonly problem: ApiProblem | null;
  readonly set: (patch: Partial<WorkState>) => void;
  readonly reload: () => void;
}

export function EmptyList(props: EmptyProps) {
  const { me, state, problem } = props;
  if (problem?.status === 403 || me.posts.length === 0) return <NotPermitted {...props} />;
  if (problem) return <ProblemState title={gettext("The list did not come")} problem={problem} retry={props.reload} />;
  if (state.view === EVERYWHERE) return <NowhereFound {...props} />;
  return narrowings(state).length ? <FilteredOut {...props} /> : <NothingToDo {...props} />;
}

function NowhereFound({ state, list: { since }, lists, set }: EmptyProps) {
  const words = state.q.trim();
  const narrowed = narrowings(state).filter((name) => name !== "q");
  const title = since
    ? say("Nothing back to %(time)s tells of “%(words)s”", { time: fullText(since), words })
    : state.before === ""
      ? say("Nothing tells of “%(words)s”", { words })
      : say("Nothing older tells of “%(words)s”", { words });
  return (
    <Empty
      icon="search"
      title={title}
      actions={
        <>
          {since && <FurtherBack since={since} set={set} />}
          {narrowed.length > 0 && <Button onClick={() => set({ region: "", category: "", state: "" })}>{gettext("Without filters")}</Button>}
          {state.before === "" ? (
            <Button onClick={() => set({ view: "", ...widened() })}>{gettext("Back to my own work")}</Button>
          ) : (
            <Button onClick={() => set({ before: "" })}>{gettext("Back to the newest")}</Button>
          )}
        </>
      }
    >
      {narrowed.length > 0
        ? say("Now: %(filters)s.", { filters: narrowed.map((name) => inWords(name, state, lists)).join(pgettext("list", ", ")) })
        : since
          ? gettext("These words are common: they are looked for from the newest event backwards, a year at a time. A rarer word is found at once, whenever it was.")
          : gettext("All events that your post may see were searched: numbers, orders, addresses, regions, categories and what was said.")}
    </Empty>
  );
}

function NotPermitted({ me, set }: EmptyProps) {
  const posts = me.posts.map((post) => `${post.organisation_name} ${post.role_label}`).join(pgettext("list", ", "));
  return (
    <Empty icon="lock" title={gettext("This is not for your post to see")} actions={<Button onClick={() => set({ view: "", ...widened() })}>{gettext("Back to my own work")}</Button>}>
      {posts ? say("Your post is %(posts)s.", { posts }) : gettext("Your account has no post now. The security administrator gives posts.")}
    </Empty>
  );
}

function FilteredOut({ state, lists, set }: EmptyProps) {
  const names = narrowings(state);
  const words = names.map((name) => inWords(name, state, lists));
  const last = names.at(-1);
  return (
    <Empty
      icon="filter"
      title={gettext("Nothing fits the filters")}
      actions={
        <>
          {names.includes("q") && (
            <Button icon="search" onClick={() => set({ view: EVERYWHERE })}>
              {gettext("Search everywhere")}
            </Button>
          )}
          {last && names.length > 1 && (
            <Button kind="primary" onClick={() => set({ [last]: "" })}>
              {say("Without %(filter)s", { filter: words.at(-1) ?? "" })}
            </Button>
          )}
          <Button {...(names.length > 1 ? {} : { kind: "primary" as const })} onClick={() => set(widened())}>
            {gettext("Clear all filters")}
          </Button>
        </>
      }
    >
      {say("Now: %(filters)s.", { filters: words.join(pgettext("list", ", ")) })}
    </Empty>
  );
}

/** What an empty view means: work that is done, or something that there is none of. */
export function emptyTitle(view: string): string {
  const words: Record<string, string> = {
    applied: gettext("No application waits for an answer"),
    to_rule: gettext("Nothing was returned three times"),
    to_verify: gettext("Nothing to verify"),
    suspended: gettext("Nothing is suspended"),
    supervised: gettext("Nothing is supervised"),
    over: gettext("Nothing is overdue"),
    near: gettext("Nothing is due soon"),
    rework: gettext("Nothing had to be done again"),
    open: gettext("Nothing is open"),
    ended_week: gettext("Nothing has ended this week"),
  };
  return words[view] ?? gettext("All done");
}

function NothingToDo({ state, list, set }: EmptyProps) {
  const code = shownView(list.views, state.view);
  const here = list.views.find((view) => view.code === code);
  const other = elsewhere(list.views, code);
  return (
    <Empty
      icon="check"
      title={emptyTitle(code)}
      actions={
        other && (
          <Button onClick={() => set({ view: other.code })}>{say("See %(view)s, %(count)s", { view: other.label, count: other.count ?? 0 })}</Button>
        )
      }
    >
      {say("Nothing under %(view)s. What comes new appears here by itself.", { view: here?.label ?? gettext("this view") })}
    </Empty>
  );
}
