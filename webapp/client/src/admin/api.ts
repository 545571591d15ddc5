/* What the pages of administration ask of the server. */
import { get, post } from "../shared/api/client.ts";
import type { Page } from "../shared/api/index.ts";

const seg = encodeURIComponent;

export interface PostRow {
  id: number;
  role: string;
  role_label: string;
  organisation: string;
  organisation_code: string;
  ground: string;
  since: string;
  until: string | null;
  begun: boolean;
  ended: boolean;
  stand_in: boolean;
  mine_to_end: boolean;
}

export interface AccountRow {
  id: string;
  username: string;
  name: string;
  active: boolean;
  home: string;
  home_code: string;
  posts: PostRow[];
  first_password: boolean;
  released: boolean;
  factor: boolean;
  last_sign_in: string | null;
}

export interface Change {
  id: number;
  at: string;
  actor: string;
  action: string;
  action_label: string;
  subject: string;
  fields: { field: string; label: string; old: string; new: string }[];
}

export interface Account {
  row: AccountRow;
  version: string;
  created_at: string;
  sessions: number;
  own: boolean;
  posts: PostRow[];
  changes: Change[];
}

/** A password to hand over: it comes this once. */
export interface Handed {
  account: Account;
  password: string;
  until: string;
}

/** What would come of it: "note", "warning", or "obstacle", which keeps it from being saved. */
export interface Effect {
  weight: string;
  text: string;
}

export interface Grant {
  role: string;
  organisation: string;
  region: string;
  grid: string;
  since: string | null;
  until: string | null;
}

export interface Choice {
  code: string;
  name: string;
  kind: string;
  level: string;
  path: string;
}

export interface CategoryRow {
  code: string;
  name: string;
  major: string;
  major_name: string;
  keywords: string[];
  handle_amount: number;
  handle_clock: string;
  handle: string;
  urgent: boolean;
  self_resolvable: boolean;
  auto_dispatch: boolean;
  min_level: string;
  restricted: boolean;
  active: boolean;
  open: number | null;
  version: string;
}

export type EditedCategory = Pick<CategoryRow, "name" | "keywords" | "handle_amount" | "handle_clock" | "urgent" | "self_resolvable" | "auto_dispatch" | "min_level" | "active">;

export interface CategoryCard {
  row: CategoryRow;
  changes: Change[];
}

export interface DayRow {
  id: string;
  date: string;
  working: boolean;
  name: string;
}

export interface CalendarYear {
  year: number;
  years: number[];
  days: DayRow[];
  version: string;
  changes: Change[];
}

export interface EditedDay {
  kind: string;
  name: string;
}

export interface OrganisationRow {
  id: string;
  code: string;
  name: string;
  short_name: string;
  kind: string;
  kind_label: string;
  level_label: string;
  region: string;
  hours: string;
  closed_at: string | null;
  version: string;
}

export interface OrganisationCard {
  row: OrganisationRow;
  changes: Change[];
}

export type EditedOrganisation = Pick<OrganisationRow, "name" | "short_name" | "hours">;

const ORGANISATIONS = "administration/organisations";
const ACCOUNTS = "administration/accounts";
const CATEGORIES = "administration/categories";
const CALENDAR = "administration/calendar";

export const admin = {
  accounts: (filter: { q: string; state: string; role: string; cursor: string }) => get<Page<AccountRow> & { total: number }>(ACCOUNTS, filter),
  account: (username: string) => get<Account>(`${ACCOUNTS}/${seg(username)}`),
  makeAccount: (one: { username: string; name: string; home: string }) => post<Handed>(ACCOUNTS, one),
  amendAccount: (username: string, one: { version: string; name: string; home: string }) => post<Account>(`${ACCOUNTS}/${seg(username)}`, one),
  switchAccount: (username: string, version: string, active: boolean) => post<Account>(`${ACCOUNTS}/${seg(username)}/active`, { version, active }),
  handPassword: (username: string) => post<Handed>(`${ACCOUNTS}/${seg(username)}/password`),
  release: (username: string) => post<Account>(`${ACCOUNTS}/${seg(username)}/release`),
  forgetFactor: (username: string) => post<Account>(`${ACCOUNTS}/${seg(username)}/factor`),
  givePost: (username: string, grant: Grant) => post<Account>(`${ACCOUNTS}/${seg(username)}/posts`, grant),
  previewPost: (username: string, grant: Grant) => post<Effect[]>(`${ACCOUNTS}/${seg(username)}/posts/preview`, grant),
  previewEnding: (id: number) => get<Effect[]>(`administration/posts/${id}/ending`),
  endPost: (id: number) => post<Account>(`administration/posts/${id}/end`),
  choices: (q: string) => get<Choice[]>("administration/choices", { q }),
  ground: (organisation: string, grids: boolean) => get<{ code: string; name: string }[]>(`administration/choices/${seg(organisation)}/ground`, { grids }),
  organisations: (filter: { q: string; kind: string; closed: boolean; cursor: string }) => get<Page<OrganisationRow> & { total: number }>(ORGANISATIONS, filter),
  organisation: (code: string) => get<OrganisationCard>(`${ORGANISATIONS}/${seg(code)}`),
  previewOrganisation: (code: string, edited: EditedOrganisation) => post<Effect[]>(`${ORGANISATIONS}/${seg(code)}/preview`, edited),
  amendOrganisation: (code: string, edited: EditedOrganisation & { version: string }) => post<OrganisationCard>(`${ORGANISATIONS}/${seg(code)}`, edited),
  previewClosing: (code: string) => get<Effect[]>(`${ORGANISATIONS}/${seg(code)}/closing`),
  closeOrganisation: (code: string, version: string, closed: boolean) => post<OrganisationCard>(`${ORGANISATIONS}/${seg(code)}/closed`, { version, closed }),
  categories: () => get<CategoryRow[]>(CATEGORIES),
  category: (code: string) => get<CategoryCard>(`${CATEGORIES}/${seg(code)}`),
  previewCategory: (code: string, edited: EditedCategory) => post<Effect[]>(`${CATEGORIES}/${seg(code)}/preview`, edited),
  amendCategory: (code: string, edited: EditedCategory & { version: string }) => post<CategoryCard>(`${CATEGORIES}/${seg(code)}`, edited),
  addCategory: (edited: EditedCategory & { code: string }) => post<CategoryCard>(CATEGORIES, edited),
  year: (year: string) => get<CalendarYear>(CALENDAR, { year }),
  previewDay: (day: string, edited: EditedDay) => post<Effect[]>(`${CALENDAR}/${seg(day)}/preview`, edited),
  setDay: (day: string, edited: EditedDay & { version: string }) => post<CalendarYear>(`${CALENDAR}/${seg(day)}`, edited),
};
