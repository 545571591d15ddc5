/* What stands behind a number: all of it or what was missed, page by page, under its formula. */
import type { ComponentChildren } from "preact";
import type { Indicator } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Dialog, Empty, Paged } from "../shared/ui/index.ts";
import type { Pages } from "../shared/usepages.ts";

export interface BehindProps {
  indicator: Indicator;
  /** The group, as the report has it; undefined: all of them. */
  group?: { key: string; label: string };
  onClose: () => void;
}

interface FrameProps extends BehindProps {
  pages: Omit<Pages<unknown>, "replace">;
  missed: boolean;
  onMissed: (missed: boolean) => void;
  /** What the missed ones are called. */
  missedLabel: string;
  failed: string;
  /** Names the rows. */
  label: string;
  /** Said beside the choice. */
  beside: ComponentChildren;
  children: ComponentChildren;
}

export function Behind({ indicator, group, onClose, pages, missed, onMissed, missedLabel, failed, label, beside, children }: FrameProps) {
  return (
    <Dialog title={group ? `${group.label} · ${indicator.name}` : indicator.name} wide onClose={onClose}>
      <p class="small dim">{indicator.formula}</p>
      <div class="row wrap">
        <div class="seg" role="group" aria-label={gettext("Which of them")}>
          <button type="button" aria-pressed={!missed} onClick={() => onMissed(false)}>
            {indicator.of_label}
          </button>
          <button type="button" aria-pressed={missed} onClick={() => onMissed(true)}>
            {missedLabel}
          </button>
        </div>
        {beside}
      </div>
      <Paged pages={pages} failed={failed} columns={[120, 160, 120]} none={<Empty title={gettext("There is none")} />} label={label}>
        {children}
      </Paged>
    </Dialog>
  );
}
