/* What every list that comes page by page shows around its rows: that it is on its way, an error, that there is none, the way to more. */
import type { ComponentChildren } from "preact";
import { gettext } from "../i18n.ts";
import type { Pages } from "../usepages.ts";
import { Button, Note, SkeletonRows } from "./basics.tsx";
import { ProblemState } from "./states.tsx";

interface PagedProps {
  readonly pages: Omit<Pages<unknown>, "replace">;
  /** The title of the error when the first page does not come. */
  readonly failed: string;
  /** The widths of the columns that stand in for those to come, px. */
  readonly columns: number[];
  /** What stands there when there is none. */
  readonly none: ComponentChildren;
  /** Names the rows as a region that scrolls by keyboard; without it they scroll with their page. */
  readonly label?: string;
  readonly further?: string;
  readonly children: ComponentChildren;
}

export function Paged({ pages, failed, columns, none, label, further = gettext("Show more"), children }: PagedProps) {
  if (pages.rows.length === 0) {
    if (pages.problem) return <ProblemState title={failed} problem={pages.problem} retry={pages.reload} />;
    return <>{pages.loading ? <SkeletonRows rows={8} columns={columns} /> : none}</>;
  }
  const all = (
    <>
      {children}
      {pages.problem && <Note kind="over">{pages.problem.detail}</Note>}
      {pages.next !== null && (
        <div class="more">
          <Button busy={pages.loading} onClick={pages.more}>
            {further}
          </Button>
        </div>
      )}
    </>
  );
  if (label === undefined) return all;
  return (
    <div class="register-rows" tabIndex={0} role="region" aria-label={label}>
      {all}
    </div>
  );
}
