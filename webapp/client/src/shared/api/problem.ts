import { gettext } from "../i18n.ts";
import type { Problem } from "./types.ts";

/** What the server refused, or that it could not be reached (`status` 0, `code` "network"). `message` is for people. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors: readonly { field: string; message: string }[];
  readonly body: Problem;

  constructor(body: Problem) {
    super(body.detail || body.title || body.code);
    this.name = "ApiProblem";
    this.body = body;
    this.status = body.status;
    this.code = body.code;
    this.detail = body.detail || body.title || "";
    this.requestId = body.request_id ?? "";
    this.errors = body.errors ?? [];
  }

  /** The message for one field, "" when that field is fine. */
  field(name: string): string {
    return this.errors.find((error) => error.field === name)?.message ?? "";
  }

  /** True when asking again may succeed without changing anything. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

/** The problem of a request that never got an answer. */
export function unreachable(): ApiProblem {
  return new ApiProblem({ status: 0, code: "network", detail: gettext("The server cannot be reached. Check the connection and try again.") });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && typeof body.code === "string";
}

/** Reads an answer that is not a success; a body that is no problem document is told by its status. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const fallback: Problem = {
    status: response.status,
    code: `http_${response.status}`,
    detail: gettext("The server did not answer as expected (HTTP %s).").replace("%s", String(response.status)),
    request_id: response.headers.get("X-Request-ID") ?? "",
  };
  try {
    const body: unknown = await response.json();
    if (isProblem(body)) return new ApiProblem({ ...fallback, ...body });
  } catch {
    /* Not JSON: a proxy answered. The fallback says what is known. */
  }
  return new ApiProblem(fallback);
}

/** Any thrown value as an ApiProblem, so that a screen can always say what happened. */
export function asProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  return new ApiProblem({ status: -1, code: "client", detail: thrown instanceof Error ? thrown.message : String(thrown) });
}
