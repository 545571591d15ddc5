/* What the rules leave open: categories and places that nobody answers for, or two; as a list and on a map. */
import type { FeatureCollection } from "geojson";
import { useEffect, useMemo, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type Finding, type RulesCheck } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { PlaceMap } from "../shared/placemap/placemap.tsx";
import { Button, Empty, Mark, ProblemState, SkeletonRows } from "../shared/ui/index.ts";
import { CategorySelect, RegionSelect } from "./filters.tsx";
import type { ViewProps } from "./rulespage.tsx";

export function CheckView({ state, set, categories, regions }: ViewProps) {
  const { region, category } = state;
  const [found, setFound] = useState<RulesCheck | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    setFound(null);
    setProblem(null);
    api.rulesCheck({ region, category }).then(
      (answer) => !gone && setFound(answer),
      (thrown: unknown) => !gone && setProblem(asProblem(thrown)),
    );
    return () => {
      gone = true;
    };
  }, [region, category, turn]);
  const dots = useMemo(() => drawn(found), [found]);
  const box = regions.find((one) => one.path === region)?.bbox ?? null;
  return (
    <>
      <div class="register-tools rules-tools">
        <RegionSelect regions={regions} value={region} onChange={(value) => set({ region: value })} />
        <CategorySelect categories={categories} value={category} onChange={(value) => set({ category: value })} />
        <Button icon="refresh" busy={found === null && problem === null} onClick={() => setTurn(turn + 1)}>
          {gettext("Check again")}
        </Button>
        <span class="grow" />
        {found && <span class="dim" role="status">{say("%(count)s findings in %(places)s villages and %(categories)s categories", { count: found.total, places: found.places, categories: found.categories })}</span>}
      </div>
      {problem ? (
        <ProblemState title={gettext("The check did not work")} problem={problem} retry={() => setTurn(turn + 1)} />
      ) : (
        <div class="rules-sides">
          <Findings found={found} onTry={(one) => set({ view: "try", try: one.category, lng: String(one.lng), lat: String(one.lat), level: one.levels.at(-1) ?? "" })} />
          <div class="rules-side">
            <div class="rules-map">
              <PlaceMap key={region} spot={null} box={box} use="click" dots={dots} label={gettext("Villages with findings")} onChoose={(spot) => set({ view: "try", lng: spot.lng.toFixed(6), lat: spot.lat.toFixed(6), try: category.length === 6 ? category : state.try })} />
            </div>
            <p class="small dim row wrap">
              <Mark kind="over" /> {gettext("two rules contradict one another")} <Mark kind="near" /> {gettext("nobody answers")} · {gettext("A click on the map tries a place.")}
            </p>
          </div>
        </div>
      )}
    </>
  );
}

/** A point for each village with findings and for each part that areas share. */
function drawn(found: RulesCheck | null): FeatureCollection {
  const villages = (found?.villages ?? []).map((one) => ({ lng: one.lng, lat: one.lat, kind: one.two > 0 ? "two" : "none" }));
  const shared = (found?.findings ?? []).filter((one) => one.path === "").map((one) => ({ lng: one.lng, lat: one.lat, kind: one.problem }));
  return {
    type: "FeatureCollection",
    features: [...villages, ...shared].map(({ lng, lat, kind }) => ({ type: "Feature", properties: { kind }, geometry: { type: "Point", coordinates: [lng, lat] } })),
  };
}

function Findings({ found, onTry }: { found: RulesCheck | null; onTry: (one: Finding) => void }) {
  if (found === null) return <SkeletonRows rows={10} columns={[14, 150, 130]} />;
  if (found.findings.length === 0) return <Empty icon="check" title={gettext("Everything is answered for, once")}>{gettext("In each of these villages exactly one organisation answers for each category.")}</Empty>;
  return (
    <div class="rules-side">
      <div class="register-rows" tabIndex={0} role="region" aria-label={gettext("Findings")}>
        <table class="table register-table">
          <thead>
            <tr>
              <th>{gettext("Finding")}</th>
              <th>{gettext("Category")}</th>
              <th>{gettext("Where")}</th>
              <th>{gettext("Centre's level")}</th>
              <th>
                <span class="unseen">{gettext("Actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {found.findings.map((one, index) => (
              <tr key={index}>
                <td>
                  <span class="row">
                    <Mark kind={one.problem === "two" ? "over" : "near"} /> {one.problem === "two" ? say("rules %(numbers)s contradict", { numbers: one.rivals.join("、") }) : gettext("nobody answers")}
                  </span>
                </td>
                <td>
                  <span class="mono">{one.category}</span> {one.category_name}
                </td>
                <td>
                  {one.place} {one.villages > 1 && <span class="dim">{say("(%(count)s villages)", { count: one.villages })}</span>}
                </td>
                <td class="dim">{one.level_labels.length > 0 ? one.level_labels.join("、") : gettext("any level")}</td>
                <td class="num">
                  <Button kind="quiet" onClick={() => onTry(one)}>
                    {gettext("Try")}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.total > found.findings.length && <p class="small dim">{say("%(count)s more: narrow it down by region or category.", { count: found.total - found.findings.length })}</p>}
    </div>
  );
}
