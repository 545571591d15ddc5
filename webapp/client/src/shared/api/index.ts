/** Every question the pages ask of the server, typed. */
import { get, post, request, withQuery } from "./client.ts";
import type * as E from "./evaluation.ts";
import type * as R from "./ruletypes.ts";
import type * as H from "./hotline.ts";
import type { DeviceCard } from "./devices.ts";
import type * as S from "./sharingtypes.ts";
import type { Candidate } from "./duplicates.ts";
import type * as T from "./types.ts";

export { API, csrfToken, onSignedOut, withQuery } from "./client.ts";
export { ApiProblem, asProblem } from "./problem.ts";
export type * from "./evaluation.ts";
export type * from "./ruletypes.ts";
export type * from "./hotline.ts";
export type * from "./devices.ts";
export type * from "./sharingtypes.ts";
export type * from "./duplicates.ts";
export type * from "./types.ts";
export * from "./desk.ts";

const seg = encodeURIComponent;

export interface EventFilter {
  view?: string;
  region?: string;
  state?: string;
  category?: string;
  q?: string;
  sort?: string;
  before?: T.IsoTime;
  cursor?: string;
  limit?: number;
}

export interface CoverageFilter {
  region?: string;
  from?: string;
  to?: string;
  as_of?: string;
}

export const api = {
  me: () => get<T.Me>("me"),
  categories: () => get<T.Category[]>("categories"),
  gridAt: (lng: number, lat: number, crs: T.Crs = "wgs84") => get<T.GridAt>("ground/grid-at", { lng, lat, crs }),
  regions: (parent?: string) => get<T.Region[]>("ground/regions", { parent }),
  /** Places that an address or part of a name may mean; `near` prefers what lies there. */
  addresses: (q: string, near?: { lng: number; lat: number } | null, signal?: AbortSignal) => get<T.Placement[]>("addresses", { q, lng: near?.lng, lat: near?.lat }, signal),
  placements: (no: string, signal?: AbortSignal) => get<T.Placement[]>(`events/${seg(no)}/placements`, undefined, signal),
  grid: (code: string, signal?: AbortSignal) => get<T.GridCard>(`ground/grids/${seg(code)}`, undefined, signal),
  patrol: () => get<T.PatrolPage>("patrol"),
  checkIn: (one: T.NewCheckIn) => post<T.CheckInReceipt>("patrol/check-ins", one),
  coverage: (filter: CoverageFilter, signal?: AbortSignal) => get<T.Coverage>("patrol/coverage", { ...filter }, signal),
  coverageGrids: (filter: CoverageFilter & { show: string }, signal?: AbortSignal) =>
    get<{ total: number; rows: T.GridPatrol[] }>("patrol/coverage/grids", { ...filter }, signal),
  patrolGrids: () => get<{ id: number; status: T.PatrolStatus }[]>("patrol/grids"),
  map: () => get<T.MapSettings>("map"),
  mapEvents: () => get<T.MapEvents>("map/events"),
  /** Where the live line stands: for pages whose rows come from elsewhere. */
  feed: () => get<T.FeedPlace>("feed"),
  events: (filter: EventFilter, signal?: AbortSignal) => get<T.WorkPage>("events", { ...filter }, signal),
  event: (no: string, signal?: AbortSignal) => get<T.EventCard>(`events/${seg(no)}`, undefined, signal),
  report: (event: T.NewEvent) => post<T.EventCard>("events", event),
  step: (no: string, step: string, version: number, fields: Record<string, unknown> = {}) =>
    post<T.EventCard>(`events/${seg(no)}/steps`, { step, version, ...fields }),
  duplicates: (no: string, signal?: AbortSignal) => get<Candidate[]>(`events/${seg(no)}/duplicates`, undefined, signal),
  alike: (draft: { category: string; point: T.NewEvent["point"]; description: string }) => post<Candidate[]>("duplicates", draft),
  organisations: (no: string, step: string) => get<T.OrganisationChoice[]>(`events/${seg(no)}/organisations`, { step }),
  /** Within the server's usual reach, which the answer names. */
  channels: (no: string, signal?: AbortSignal) => get<T.ChannelsNear>(`events/${seg(no)}/channels`, undefined, signal),
  site: (code: string, signal?: AbortSignal) => get<T.SiteRow>(`sites/${seg(code)}`, undefined, signal),
  component: (code: string, signal?: AbortSignal) => get<R.ComponentRow>(`components/${seg(code)}`, undefined, signal),
  device: (id: string, signal?: AbortSignal) => get<DeviceCard>(`devices/${seg(id)}`, undefined, signal),
  responsibility: (no: string) => get<R.Responsibility>(`events/${seg(no)}/responsibility`),
  rules: (filter: { q?: string; category?: string; region?: string; ground?: string; in_force?: boolean; cursor?: string }) => get<T.Page<R.RuleRow> & { total: number }>("rules", { ...filter }),
  dryRun: (asked: { lng: number; lat: number; category: string; level?: string; at?: string }) => get<R.DryRun>("responsibility", { ...asked }),
  rulesCheck: (filter: { region?: string; category?: string }) => get<R.RulesCheck>("responsibility/check", { ...filter }),
  play: (ask: { channel: string; event_no?: string; purpose?: string }) => post<T.PlaybackOpened>("playback", ask),
  endPlay: (session: string) => post<undefined>(`playback/${seg(session)}/end`),
  photo: (file: Blob, name = "photo.jpg") => {
    const form = new FormData();
    form.append("file", file, name);
    return request<T.PhotoReceipt>("POST", "photos", { body: form });
  },
  unmask: (no: string, order_no: string, reason: string) => post<H.Unmasked>(`events/${seg(no)}/caller`, { order_no, reason }),
  redact: (no: string, redaction: { version: number; entry: number; instead: string; reason: string }) => post<T.EventCard>(`events/${seg(no)}/redactions`, redaction),
  endpoint: () => get<H.Endpoint>("deliveries/endpoint"),
  openEndpoint: () => post<{ waiting: number }>("deliveries/endpoint/open"),
  countSpan: (span: H.DeliverySpan) => get<{ count: number; most: number }>("deliveries/span", { ...span }),
  resendSpan: (span: H.DeliverySpan) => post<{ count: number; most: number }>("deliveries/resend", span),
  deliveries: (filter: { state?: string; q?: string; cursor?: string }) => get<T.Page<T.Delivery>>("deliveries", { ...filter }),
  resend: (id: string) => post<T.Delivery>(`deliveries/${seg(id)}/resend`),
  /** One list: "waiting" for our answer, "received", "given". */
  grants: (filter: { side: string; cursor?: string }) => get<S.GrantPage>("sharing", { ...filter }),
  grantForm: () => get<S.AskForm>("sharing/form"),
  askForEvents: (request: S.GrantRequest) => post<S.GrantRow>("sharing", request),
  actOnGrant: (id: number, done: { act: S.GrantAct; text: string }) => post<S.GrantRow>(`sharing/${id}/acts`, done),
  audit: (filter: { since?: string; until?: string; action?: string; kind?: string; subject?: string; actor?: string; cursor?: string }) => get<T.AuditPage>("audit", { ...filter }),
  evaluation: (filter: E.EvaluationFilter, signal?: AbortSignal) => get<E.Evaluation>("indicators", asked(filter), signal),
  assessment: (year: number, region: string) => get<E.Assessment>(`assessments/${year}`, { region: region || undefined }),
  enterFigure: (year: number, row: string, figure: { actual: string; evidence: string; reason: string; region: string }) =>
    post<E.Assessment>(`assessments/${year}/rows/${seg(row)}`, figure),
  countedGrids: (filter: E.EvaluationFilter & { key?: string; missed?: boolean; cursor?: string }) =>
    get<E.CountedGridPage>("indicators/patrolled/grids", { ...asked(filter), key: filter.key, missed: filter.missed, cursor: filter.cursor }),
  counted: (code: string, filter: E.EvaluationFilter & { key?: string; missed?: boolean; cursor?: string }) =>
    get<E.CountedPage>(`indicators/${seg(code)}/rows`, { ...asked(filter), key: filter.key === "" ? "-" : filter.key, missed: filter.missed, cursor: filter.cursor }),
  counting: (no: string) => get<E.Counting>(`events/${seg(no)}/counting`),
  appeal: (no: string, ask: { version: number; indicator: string; at: string; reason: string }) => post<E.Counting>(`events/${seg(no)}/appeals`, ask),
  decideAppeal: (no: string, id: number, ask: { version: number; decision: string; reason: string }) => post<E.Counting>(`events/${seg(no)}/appeals/${id}`, ask),
  appeals: (undecided: boolean, cursor: string) => get<T.Page<E.Appeal>>("appeals", { undecided, cursor }),
};

/** Where below the API a report is as a spreadsheet, or as a PDF. */
export function exportAddress(filter: E.EvaluationFilter, as: "export" | "paper" = "export"): string {
  return withQuery(`indicators/${as}`, asked(filter));
}

/** What is empty is not asked for. */
function asked({ from, to, region, category, by, as_of }: E.EvaluationFilter): Record<string, string> {
  const all = { from, to, region, category, by, as_of };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}
