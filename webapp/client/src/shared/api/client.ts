import { ApiProblem, problemOf, unreachable } from "./problem.ts";

export const API = "/api/v1";

type Query = Record<string, string | number | boolean | null | undefined>;

/** `path` with the parameters that have a value; null, undefined and "" are left out. */
export function withQuery(path: string, query?: Query): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (pairs.length === 0) return path;
  return `${path}?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()}`;
}

/** The CSRF token that Django left in its cookie, "" before the first page. */
export function csrfToken(cookies: string = document.cookie): string {
  const found = cookies.split("; ").find((pair) => pair.startsWith("wangge_csrf="));
  return found ? decodeURIComponent(found.slice("wangge_csrf=".length)) : "";
}

/** Replaceable in tests and in the patrol page, which must not leave while reports wait to be sent. */
export const onSignedOut = {
  leave(): void {
    const here = `${location.pathname}${location.search}`;
    location.assign(`/login?next=${encodeURIComponent(here)}`);
  },
};

function headersFor(method: string, body: unknown): Headers {
  const headers = new Headers({ Accept: "application/json" });
  if (method !== "GET") headers.set("X-CSRFToken", csrfToken());
  if (body !== undefined && !(body instanceof FormData)) headers.set("Content-Type", "application/json");
  return headers;
}

function encoded(body: unknown): FormData | string | null {
  if (body === undefined) return null;
  return body instanceof FormData ? body : JSON.stringify(body);
}

/**
 * Asks the API. Throws ApiProblem: `code` "network" when nothing answered, else what the server said.
 * An AbortError passes through. A 401 leads to the sign-in page, and throws too.
 */
export async function request<T>(method: string, path: string, options: { body?: unknown; query?: Query; signal?: AbortSignal } = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(withQuery(path.startsWith("/") ? path : `${API}/${path}`, options.query), {
      method,
      headers: headersFor(method, options.body),
      body: encoded(options.body),
      credentials: "same-origin",
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    throw unreachable();
  }
  if (!response.ok) throw await refused(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

async function refused(response: Response): Promise<ApiProblem> {
  const problem = await problemOf(response);
  if (response.status === 401) onSignedOut.leave();
  return problem;
}

/** GET below /api/v1 (or an absolute path). */
export function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return request<T>("GET", path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) });
}

/** POST of JSON, or of a FormData. */
export function post<T>(path: string, body?: unknown): Promise<T> {
  return request<T>("POST", path, { body: body ?? {} });
}
