/** Words, shapes and figures of patrols, alike on the phone and in the consoles. */
import type { MarkKind, PatrolStatus } from "./api/types.ts";
import { pgettext } from "./i18n.ts";

/** How a grid stands today. */
export function patrolWords(status: PatrolStatus): string {
  const words: Record<PatrolStatus, string> = {
    unplanned: pgettext("patrol", "No plan"),
    visited: pgettext("patrol", "Visited"),
    due: pgettext("patrol", "To visit"),
    overdue: pgettext("patrol", "Missed last time"),
  };
  return words[status];
}

/** The shape beside it: the same five that clocks use, so that one shape means one thing. */
export function patrolMark(status: PatrolStatus): MarkKind {
  const marks: Record<PatrolStatus, MarkKind> = { unplanned: "wait", visited: "done", due: "normal", overdue: "over" };
  return marks[status];
}

/** "93.2%", or a dash where nothing was due: nothing divided by nothing is no coverage. */
export function shareText(visited: number, due: number): string {
  return due === 0 ? "–" : `${(Math.floor((visited / due) * 1000) / 10).toFixed(1)}%`;
}
