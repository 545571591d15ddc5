/* A dry run: click a place, choose a category, and see who would answer and why. */
import { useEffect, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type DryRun } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { GridName } from "../shared/placemap/gridname.tsx";
import { PlaceMap } from "../shared/placemap/placemap.tsx";
import type { Spot } from "../shared/placemap/engine.ts";
import { Badge, Empty, Mark, ProblemState, SkeletonRows } from "../shared/ui/index.ts";
import { Field } from "../shared/ui/fields.tsx";
import { CategorySelect } from "./filters.tsx";
import type { RulesState, ViewProps } from "./rulespage.tsx";

/** The place in the address; null where there is none that can be read. */
export function spotOf(state: Pick<RulesState, "lng" | "lat">): Spot | null {
  const [lng, lat] = [Number(state.lng), Number(state.lat)];
  if (state.lng === "" || state.lat === "" || !Number.isFinite(lng) || !Number.isFinite(lat)) return null;
  return { lng, lat, accuracy_m: null };
}

export function TryView({ state, set, categories }: ViewProps) {
  const spot = spotOf(state);
  return (
    <div class="rules-sides">
      <div class="rules-side">
        <div class="rules-map">
          <PlaceMap spot={spot} use="click" label={gettext("Click the place on the map")} onChoose={(chosen) => set({ lng: chosen.lng.toFixed(6), lat: chosen.lat.toFixed(6) })} />
        </div>
        <GridName spot={spot} />
      </div>
      <div class="rules-side">
        <div class="rules-form rules-tools">
          <CategorySelect categories={categories} value={state.try} small onChange={(code) => set({ try: code })} />
          <Field label={gettext("Centre's level")} required>
            {(tie) => (
              <select id={tie.id} class="input" value={state.level} onChange={(event) => set({ level: event.currentTarget.value })}>
                <option value="">{gettext("as an officer's report")}</option>
                <option value="village">{gettext("Village's centre")}</option>
                <option value="township">{gettext("Township's centre")}</option>
                <option value="county">{gettext("County's centre")}</option>
                <option value="city">{gettext("City's centre")}</option>
              </select>
            )}
          </Field>
          <Field label={gettext("On day")} required>
            {(tie) => <input id={tie.id} class="input" type="date" min="2000-01-01" max="2999-12-31" value={state.at} onChange={(event) => set({ at: event.currentTarget.value })} />}
          </Field>
        </div>
        <Outcome state={state} spot={spot} />
      </div>
    </div>
  );
}

function Outcome({ state, spot }: { state: RulesState; spot: Spot | null }) {
  const [found, setFound] = useState<DryRun | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const asked = spot && state.try ? { lng: spot.lng, lat: spot.lat, category: state.try, level: state.level, at: state.at } : null;
  const question = asked && JSON.stringify(asked);
  useEffect(() => {
    setFound(null);
    setProblem(null);
    if (question === null) return undefined;
    let gone = false;
    api.dryRun(JSON.parse(question) as NonNullable<typeof asked>).then(
      (answer) => !gone && setFound(answer),
      (thrown: unknown) => !gone && setProblem(asProblem(thrown)),
    );
    return () => {
      gone = true;
    };
  }, [question]);
  if (question === null) {
    return (
      <Empty icon="pin" title={gettext("Choose a place and a category")}>
        {gettext("Then it says who would answer, and why each rule and component did or did not win. Nothing is changed by it.")}
      </Empty>
    );
  }
  if (problem) return <ProblemState title={gettext("The dry run did not work")} problem={problem} />;
  if (found === null) return <SkeletonRows rows={5} />;
  return (
    <>
      <Answer run={found} />
      <h2 class="h3">{gettext("What was considered, in order")}</h2>
      {found.considered.length === 0 && <p class="dim">{gettext("No rule is about this category here, and no component is near.")}</p>}
      <ol class="considered">
        {found.considered.map((one) => (
          <li key={`${one.kind}${one.reference}`} data-verdict={one.verdict}>
            <div class="row">
              <Badge>{kindLabel(one.kind)}</Badge> <span class="mono">{one.reference}</span> <span class="grow">{one.name}</span> <span class="strong">{one.lead}</span>
            </div>
            <p class="small dim">
              {one.verdict === "wins" && <Mark kind="done" />} {one.verdict === "contradicts" && <Mark kind="over" />} {one.reason} {one.distance_m !== null && say("%(metres)s m away", { metres: one.distance_m })}
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}

function kindLabel(kind: string): string {
  const words: Record<string, string> = { component: gettext("Component"), area: gettext("Area"), rule: gettext("Rule") };
  return words[kind] ?? kind;
}

function Answer({ run }: { run: DryRun }) {
  const { suggestion } = run;
  return (
    <section class="rules-answer" role="status">
      <p class="dim small">{say("%(category)s, %(place)s, held by: %(level)s, %(day)s", { category: run.category_name, place: run.place, level: run.level_label, day: run.on })}</p>
      <p class="answer-lead row">
        <Mark kind={suggestion.lead ? "done" : "over"} /> {suggestion.lead || gettext("Nobody is suggested")}
      </p>
      {suggestion.joint.length > 0 && <p>{say("Helping: %(names)s", { names: suggestion.joint.join("、") })}</p>}
      <p class="small">{suggestion.words}</p>
    </section>
  );
}
