/** A file that the server makes when asked: fetched, then handed to the browser to keep. */
import { API, csrfToken } from "./client.ts";
import { problemOf, unreachable } from "./problem.ts";

export interface SheetsAsked {
  events?: string[];
  filter?: { view?: string; region?: string; state?: string; category?: string; q?: string; sort?: string };
}

/** One event's handling sheet. Throws ApiProblem. */
export function downloadSheet(no: string): Promise<void> {
  return keep(`events/${encodeURIComponent(no)}/sheet.pdf`, { method: "GET" });
}

/** The handling sheets of several events as one file. Throws ApiProblem. */
export function downloadSheets(asked: SheetsAsked): Promise<void> {
  return keep("sheets", { method: "POST", body: JSON.stringify(asked), headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() } });
}

/** Any file below /api/v1. */
export async function keep(path: string, init: RequestInit): Promise<void> {
  let response: Response;
  try {
    response = await fetch(`${API}/${path}`, { credentials: "same-origin", ...init });
  } catch {
    throw unreachable();
  }
  if (!response.ok) throw await problemOf(response);
  save(await response.blob(), nameOf(response.headers.get("Content-Disposition")));
}

/** The name that the server gave the file. */
export function nameOf(disposition: string | null): string {
  return /filename="([\w.-]+)"/.exec(disposition ?? "")?.[1] ?? "file.pdf";
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
