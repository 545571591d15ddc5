/* /administration: accounts and posts, the category list, the working calendar. What one may change follows from one's post. */
import type { Me } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Page } from "../shared/page.tsx";
import { useUrlState } from "../shared/urlstate.ts";
import { AccountView } from "./account.tsx";
import { AccountsView } from "./accounts.tsx";
import { CalendarView } from "./calendar.tsx";
import { CategoriesView } from "./categories.tsx";
import { OrganisationsView } from "./organisations.tsx";

const DEFAULTS = { view: "accounts", q: "", state: "", role: "", account: "", category: "", year: "" };
export type AdminState = typeof DEFAULTS;

/** What every view of the page is given. `keeps`: as system administrator; `grants`: as security administrator. */
export interface ViewProps {
  readonly state: AdminState;
  readonly set: (patch: Partial<AdminState>, options?: { push?: boolean }) => void;
  readonly keeps: boolean;
  readonly grants: boolean;
}

export function AdminPage({ me }: { me: Me }) {
  const [state, set] = useUrlState(DEFAULTS);
  const has = (role: string): boolean => me.posts.some((post) => post.role === role);
  const props: ViewProps = { state, set, keeps: has("sysadmin"), grants: has("secadmin") };
  return (
    <Page me={me} active="admin">
      <main class="register admin" id="main">
        <div class="register-tools">
          <h1>{gettext("Administration")}</h1>
          {props.keeps && <Tabs view={state.view} onView={(view) => set({ ...DEFAULTS, view }, { push: true })} />}
        </div>
        <View {...props} />
      </main>
    </Page>
  );
}

function Tabs({ view, onView }: { view: string; onView: (view: string) => void }) {
  const tabs = [
    { value: "accounts", label: gettext("Accounts") },
    { value: "categories", label: gettext("Categories") },
    { value: "organisations", label: gettext("Organisations") },
    { value: "calendar", label: gettext("Working calendar") },
  ];
  return (
    <div class="seg" role="group" aria-label={gettext("Administration")}>
      {tabs.map((tab) => (
        <button key={tab.value} type="button" aria-pressed={view === tab.value} onClick={() => onView(tab.value)}>
          {tab.label}
        </button>
      ))}
    </div>
  );
}

function View(props: ViewProps) {
  if (props.keeps && props.state.view === "categories") return <CategoriesView {...props} />;
  if (props.keeps && props.state.view === "organisations") return <OrganisationsView {...props} />;
  if (props.keeps && props.state.view === "calendar") return <CalendarView {...props} />;
  return props.state.account ? <AccountView key={props.state.account} {...props} /> : <AccountsView {...props} />;
}
