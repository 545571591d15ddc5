/* /rules: who answers for what and where: the rules, a dry run for any place, and what the rules leave open. */
import { useEffect, useState } from "preact/hooks";
import { api, type Category, type Me, type Region } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Page } from "../shared/page.tsx";
import { useUrlState } from "../shared/urlstate.ts";
import { CheckView } from "./checkview.tsx";
import { ListView } from "./listview.tsx";
import { TryView } from "./tryview.tsx";

const DEFAULTS = { view: "list", q: "", category: "", region: "", ground: "", force: "1", lng: "", lat: "", try: "", level: "", at: "" };
export type RulesState = typeof DEFAULTS;

/** What every view of the page is given. */
export interface ViewProps {
  readonly state: RulesState;
  readonly set: (patch: Partial<RulesState>) => void;
  readonly categories: Category[];
  readonly regions: Region[];
}

function views(): { value: string; label: string }[] {
  return [
    { value: "list", label: gettext("Rules") },
    { value: "try", label: gettext("Dry run") },
    { value: "check", label: gettext("What is left open") },
  ];
}

export function RulesPage({ me }: { me: Me }) {
  const [state, set] = useUrlState(DEFAULTS);
  const [categories, setCategories] = useState<Category[]>([]);
  const [regions, setRegions] = useState<Region[]>([]);
  useEffect(() => {
    api.categories().then(setCategories, () => undefined); // the filters do without; the view itself says what is wrong
    api.regions().then(setRegions, () => undefined);
  }, []);
  const View = { try: TryView, check: CheckView }[state.view] ?? ListView;
  return (
    <Page me={me} active="rules">
      <main class="register" id="main">
        <div class="register-tools">
          <h1>{gettext("Responsibility")}</h1>
          <span class="grow" />
          <div class="seg" role="group" aria-label={gettext("View")}>
            {views().map(({ value, label }) => (
              <button type="button" key={value} aria-pressed={value === state.view} onClick={() => set({ view: value })}>
                {label}
              </button>
            ))}
          </div>
        </div>
        <View state={state} set={set} categories={categories} regions={regions} />
      </main>
    </Page>
  );
}
