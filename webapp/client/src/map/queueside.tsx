/** Around the list: which events, how many, why there may be none, and the keys. */
import type { EventRow } from "../shared/api/index.ts";
import { gettext, ngettext } from "../shared/i18n.ts";
import { Empty, Select, showKeyHelp, SkeletonRows } from "../shared/ui/index.ts";
import { type Group, isView, type View, viewLabel, VIEWS } from "./model.ts";
import { Queue } from "./queue.tsx";

type Change = (patch: { view?: View; region?: string }) => void;

export function QueueHead({ view, groups, set }: { view: View; groups: Group[]; set: Change }) {
  const count = groups.reduce((sum, group) => sum + group.rows.length, 0);
  return (
    <div class="queue-head">
      <h2>{gettext("Events")}</h2>
      <Select value={view} label={gettext("Which events")} options={VIEWS.map((one) => ({ value: one, label: viewLabel(one) }))} onChange={(next) => isView(next) && set({ view: next })} />
      <span class="grow" />
      <span class="dim small">{ngettext("%(count)s event · by time left", "%(count)s events · by time left", count)}</span>
    </div>
  );
}

interface BodyProps {
  listed: { groups: Group[]; total: number };
  heard: boolean;
  view: View;
  url: { region: string; sel: string };
  set: Change;
  onSelect: (row: EventRow) => void;
  onOpen: (row: EventRow) => void;
}

export function QueueBody({ listed, heard, view, url, set, onSelect, onOpen }: BodyProps) {
  if (!heard) return <SkeletonRows rows={14} />;
  if (listed.groups.length > 0) return <Queue groups={listed.groups} selected={url.sel} onSelect={onSelect} onOpen={onOpen} />;
  const filtered = url.region !== "" || view !== "open";
  const clearAll = (
    <button type="button" class="btn btn-primary" onClick={() => set({ region: "", view: "open" })}>
      {gettext("Clear all filters")}
    </button>
  );
  return (
    <div class="queue-scroll">
      <Empty icon={filtered ? "filter" : "check"} title={filtered ? gettext("No event fits the filter") : gettext("Nothing is open")} actions={filtered ? clearAll : undefined}>
        {filtered ? ngettext("Without the filter there is %(count)s event.", "Without the filter there are %(count)s events.", listed.total) : gettext("New events appear here by themselves.")}
      </Empty>
    </div>
  );
}

export function Hints() {
  return (
    <div class="hints small dim" aria-hidden="true">
      <span><kbd class="kbd">J</kbd> <kbd class="kbd">K</kbd> {gettext("up and down")}</span>
      <span><kbd class="kbd">Enter</kbd> {gettext("show")}</span>
      <span><kbd class="kbd">V</kbd> {gettext("video")}</span>
      <span class="grow" />
      <button type="button" class="btn btn-quiet" tabIndex={-1} onClick={showKeyHelp}><kbd class="kbd">?</kbd> {gettext("all keys")}</button>
    </div>
  );
}

