/* The saved views, in groups, each with how many events it holds now. */
import type { WorkView } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Mark, SkeletonRows } from "../shared/ui/index.ts";
import { grouped } from "./worklist.ts";

/** The name of a group; the server may also send a name of its own. */
function groupWords(group: string): string {
  const words: Record<string, string> = { mine: gettext("My work"), all: gettext("All that I can see") };
  return words[group] ?? group;
}

export function Views({ views, view, onPick }: { views: readonly WorkView[]; view: string; onPick: (code: string) => void }) {
  return (
    <nav class="views" aria-label={gettext("Views")}>
      {views.length === 0 && <SkeletonRows rows={7} columns={[90]} />}
      {grouped(views).map(({ group, views: members }) => (
        <section key={group}>
          <h2 class="views-group">{groupWords(group)}</h2>
          <ul>
            {members.map((one) => (
              <li key={one.code}>
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
                  {one.mark && one.count > 0 && <Mark kind={one.mark} label />}
                  <span class="count">{one.count}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
