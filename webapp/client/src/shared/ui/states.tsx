/** Nothing here, and why; something went wrong, and what to do. */
import type { ComponentChildren } from "preact";
import type { ApiProblem } from "../api/problem.ts";
import { gettext, say } from "../i18n.ts";
import { Button, Icon, type IconName } from "./basics.tsx";

export function Empty({ icon = "check", title, children, actions }: { icon?: IconName; title: string; children?: ComponentChildren; actions?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h3>{title}</h3>
      {children && <p>{children}</p>}
      {actions && <div class="row wrap">{actions}</div>}
    </div>
  );
}

function iconOf(problem: ApiProblem): IconName {
  if (problem.status === 403) return "lock";
  return problem.status === 0 ? "offline" : "alert";
}

/** A failed question: what happened, the number to quote, and a way to ask again. */
export function ProblemState({ title, problem, retry }: { title: string; problem: ApiProblem; retry?: () => void }) {
  const id = problem.requestId;
  return (
    <div role="alert">
      <Empty
        icon={iconOf(problem)}
        title={problem.status === 403 ? gettext("This is not for your post to see") : title}
        actions={
          <>
            {retry && (
              <Button kind="primary" icon="refresh" onClick={retry}>
                {gettext("Try again")}
              </Button>
            )}
            {id && <Button onClick={() => void navigator.clipboard.writeText(id)}>{gettext("Copy the number")}</Button>}
          </>
        }
      >
        {problem.detail}
        {id && ` ${say("(number %(id)s)", { id: id.slice(0, 12) })}`}
      </Empty>
    </div>
  );
}
