/* Which report: period, region, category, breakdown, as of when. */
import { useEffect, useState } from "preact/hooks";
import { api, type Category, type Choice, type EvaluationFilter, exportAddress, type Region } from "../shared/api/index.ts";
import { keep } from "../shared/api/download.ts";
import { gettext } from "../shared/i18n.ts";
import { Button, FileButton } from "../shared/ui/index.ts";
import { Field, Select, type Tie } from "../shared/ui/fields.tsx";
import { around, beside, type Days, type Kind, kindName, KINDS, nameOf } from "./period.ts";

export type ToolState = {
  kind: string;
  from: string;
  to: string;
  region: string;
  category: string;
  by: string;
  as_of: string;
  view: string;
  year: string;
};

interface Props {
  state: ToolState;
  filter: EvaluationFilter;
  breakdowns: readonly Choice[];
  busy: boolean;
  set: (patch: Partial<ToolState>) => void;
}

export function Tools({ state, filter, breakdowns, busy, set }: Props) {
  const days: Days = { from: filter.from, to: filter.to };
  const kind = state.kind as Kind;
  const [regions, categories] = useChoices();
  return (
    <>
      <div class="register-tools">
        <div class="seg" role="group" aria-label={gettext("Kind of period")}>
          {KINDS.map((one) => (
            <button type="button" key={one} aria-pressed={one === kind} onClick={() => set({ kind: one, ...(one === "free" ? days : around(one, days.to)) })}>
              {kindName(one)}
            </button>
          ))}
        </div>
        <span class="stepper">
          <Button kind="quiet" icon="left" label={gettext("The period before")} onClick={() => set(beside(kind, days, -1))} />
          <strong class="period-name" aria-live="polite">
            {nameOf(kind, days)}
          </strong>
          <Button kind="quiet" icon="right" label={gettext("The period after")} onClick={() => set(beside(kind, days, 1))} />
        </span>
        <span class="grow" />
        {busy && <span class="small dim" role="status">{gettext("Counting…")}</span>}
        <FileButton fetchFile={() => keep(exportAddress(filter), { method: "GET" })}>
          {gettext("Spreadsheet")}
        </FileButton>
        <FileButton fetchFile={() => keep(exportAddress(filter, "paper"), { method: "GET" })}>
          {gettext("PDF")}
        </FileButton>
        <Button icon="print" onClick={() => print()}>
          {gettext("Print")}
        </Button>
      </div>
      <form class="register-tools evaluation-tools" onSubmit={(event) => event.preventDefault()}>
        {kind === "free" && <FreeDays days={days} set={set} />}
        <Field label={gettext("Region")} required>
          {(tie) => <Select tie={plain(tie)} value={state.region} options={regions} empty={gettext("All of mine")} onChange={(region) => set({ region })} />}
        </Field>
        <Field label={gettext("Category")} required>
          {(tie) => <Select tie={plain(tie)} value={state.category} options={categories} empty={gettext("All")} onChange={(category) => set({ category })} />}
        </Field>
        <Field label={gettext("Broken down by")} required>
          {(tie) => <Select tie={plain(tie)} value={state.by} options={breakdowns} onChange={(by) => set({ by })} />}
        </Field>
        <Field label={gettext("As it stood at (empty: now)")} required>
          {(tie) => <input {...plain(tie)} class="input" type="datetime-local" value={state.as_of} onChange={(event) => set({ as_of: event.currentTarget.value })} />}
        </Field>
      </form>
    </>
  );
}

function FreeDays({ days, set }: Pick<Props, "set"> & { days: Days }) {
  return (
    <>
      <Field label={gettext("From day")} required>
        {(tie) => <input {...plain(tie)} class="input" type="date" max={days.to} value={days.from} onChange={(event) => set({ from: event.currentTarget.value })} />}
      </Field>
      <Field label={gettext("To day")} required>
        {(tie) => <input {...plain(tie)} class="input" type="date" min={days.from} value={days.to} onChange={(event) => set({ to: event.currentTarget.value })} />}
      </Field>
    </>
  );
}

/** A filter may always stay empty: it must not claim to be required. */
function plain(tie: Tie): Tie {
  return { id: tie.id };
}

/** Regions and major categories to choose from; without an answer the lists stay empty and everything is counted. */
function useChoices(): [regions: Choice[], categories: Choice[]] {
  const [regions, setRegions] = useState<Choice[]>([]);
  const [categories, setCategories] = useState<Choice[]>([]);
  useEffect(() => {
    api.regions().then((found) => setRegions(found.map(indented)), () => undefined);
    api.categories().then((found) => setCategories(majors(found)), () => undefined);
  }, []);
  return [regions, categories];
}

function indented(region: Region): Choice {
  return { value: region.path, label: `${"　".repeat(Math.max(0, region.path.split("/").length - 2))}${region.name}` };
}

function majors(found: readonly Category[]): Choice[] {
  const named = new Map(found.map((one) => [one.major, `${one.major} ${one.major_name}`]));
  return [...named].map(([value, label]) => ({ value, label }));
}
