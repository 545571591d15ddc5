/* The saved views, in groups, each with how many events it holds now. */
import type { WorkView } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { Button, Mark, SkeletonRows } from "../shared/ui/index.ts";
import { grouped } from "./worklist.ts";

/** The name of a group; the server may also send a name of its own. */
function groupWords(group: string): string {
  const words: Record<string, string> = { mine: gettext("Mine and my organisation's"), all: gettext("All that I can see"), own: gettext("Kept by me") };
  return words[group] ?? group;
}

interface ViewsProps {
  readonly views: readonly WorkView[];
  readonly view: string;
  readonly onPick: (code: string) => void;
  /** Change or remove a view that somebody keeps. */
  readonly onEdit: (view: WorkView) => void;
}

export function Views({ views, view, onPick, onEdit }: ViewsProps) {
  return (
    <nav class="views" aria-label={gettext("Views")}>
      {views.length === 0 && <SkeletonRows rows={7} columns={[90]} />}
      {grouped(views).map(({ group, views: members }) => (
        <section key={group}>
          <h2 class="views-group">{groupWords(group)}</h2>
          <ul>
            {members.map((one) => (
              <li key={one.code} class="viewline">
                <a
                  class="view"
                  href={`?view=${encodeURIComponent(one.code)}`}
                  {...(one.code === view ? { "aria-current": "page" as const } : {})}
                  onClick={(event) => {
                    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                    event.preventDefault();
                    onPick(one.code);
                  }}
                >
                  <span class="grow cut">{one.label}</span>
                  {one.mark && one.count !== null && one.count > 0 && <Mark kind={one.mark} label />}
                  <span class="count">{one.count}</span>
                </a>
                {one.saved?.may_change === true && <Button kind="quiet" icon="pen" class="view-edit" label={say("Change the view %(name)s", { name: one.label })} onClick={() => onEdit(one)} />}
              </li>
            ))}
          </ul>
        </section>
      ))}
      <a class="view views-link" href="/templates">
        {gettext("Reply templates")}
      </a>
    </nav>
  );
}
