/* A report on the phone: what it holds, what it still lacks, and where it stands on its way to the centre. Pure. */
import type { NewEvent } from "../shared/api/index.ts";

/** 草稿, 待发送, 发送中, 已送达, 失败: where a report stands. */
export type Standing = "draft" | "waiting" | "sending" | "delivered" | "failed";

/** A picture as the phone keeps it; `sha256` is the server's name for it once it has it. */
export interface Picture {
  readonly id: string;
  readonly blob: Blob;
  readonly shows: "before" | "after";
  readonly taken_at: string;
  readonly sha256: string | null;
  /** Where the picture says it was taken, WGS 84, when it says so. */
  readonly point: { readonly lng: number; readonly lat: number } | null;
}

/** A place on the ground, WGS 84 degrees; `accuracy_m` is null when a hand put it there. */
export interface Place {
  readonly lng: number;
  readonly lat: number;
  readonly accuracy_m: number | null;
  readonly by: "phone" | "picture" | "hand";
}

/** Why a report didn't arrive, in the server's words, and the field to mend. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly field: string | null;
}

/** A report. `client_id` is made once and kept through every attempt, so that none arrives twice. */
export interface Report {
  readonly client_id: string;
  readonly owner: string;
  readonly created_at: string;
  readonly standing: Standing;
  readonly category: string | null;
  readonly category_name: string;
  readonly place: Place | null;
  readonly grid: string;
  readonly description: string;
  readonly pictures: readonly Picture[];
  /** Solved on the spot: what was done. Null while it is an ordinary report. */
  readonly solved: { readonly ways: readonly string[]; readonly text: string } | null;
  readonly failure: Failure | null;
  readonly attempts: number;
  readonly event_no: string | null;
  readonly event_state: string;
  readonly delivered_at: string | null;
}

/** A report just begun, with its own id. */
export function begun(options: { readonly client_id: string; readonly owner: string; readonly now: Date }): Report {
  return {
    client_id: options.client_id,
    owner: options.owner,
    created_at: options.now.toISOString(),
    standing: "draft",
    category: null,
    category_name: "",
    place: null,
    grid: "",
    description: "",
    pictures: [],
    solved: null,
    failure: null,
    attempts: 0,
    event_no: null,
    event_state: "",
    delivered_at: null,
  };
}

/** What a report may lack before it can be sent. */
export type Lack = "photo" | "category" | "place" | "photo_after" | "way";

/** What is still missing, in the order of the form. */
export function lacks(report: Report): Lack[] {
  const missing: Lack[] = [];
  if (!report.pictures.some((picture) => picture.shows === "before")) missing.push("photo");
  if (report.category === null) missing.push("category");
  if (report.place === null) missing.push("place");
  if (report.solved) {
    if (!report.pictures.some((picture) => picture.shows === "after")) missing.push("photo_after");
    if (!report.solved.ways.length && !report.solved.text.trim()) missing.push("way");
  }
  return missing;
}

/** The body of POST /events. Raises when something is missing or a picture isn't up yet: check `lacks` and upload first. */
export function body(report: Report): NewEvent {
  if (lacks(report).length || !report.place || report.category === null) throw new Error("the report is not complete");
  const named = (shows: Picture["shows"]): string[] =>
    report.pictures.filter((picture) => picture.shows === shows).map((picture) => {
      if (picture.sha256 === null) throw new Error("a picture is not uploaded yet");
      return picture.sha256;
    });
  const { lng, lat, accuracy_m } = report.place;
  return {
    client_id: report.client_id,
    category: report.category,
    point: { lng, lat, crs: "wgs84", accuracy_m },
    description: report.description.trim(),
    photos: named("before"),
    device_at: report.created_at,
    self_resolve: report.solved
      ? { description: [...report.solved.ways, report.solved.text.trim()].filter(Boolean).join("，"), photos: named("after") }
      : null,
  };
}

/** What went wrong on the way, as the sender saw it; `status` is 0 when no answer came. */
export interface Setback {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly field: string | null;
}

/** Whether trying the same again can help: no answer, signed out, too many at once, or the server in trouble. */
export function passing(setback: Setback): boolean {
  return [0, 401, 408, 425, 429].includes(setback.status) || setback.status >= 500;
}

/** The report after a setback: waits for another try where that can help, else failed with the reason. */
export function setBack(report: Report, setback: Setback): Report {
  const failure = { code: setback.code, message: setback.message, field: setback.field };
  return { ...report, standing: passing(setback) ? "waiting" : "failed", failure, attempts: report.attempts + 1 };
}

/** The report once the server has acknowledged it. */
export function delivered(report: Report, answer: { readonly no: string; readonly state_label: string }, now: Date): Report {
  return {
    ...report,
    standing: "delivered",
    failure: null,
    event_no: answer.no,
    event_state: answer.state_label,
    delivered_at: now.toISOString(),
  };
}

/** Seconds to wait before try number `attempts` + 1: 5 s, doubled each time, 5 minutes at most. */
export function pause(attempts: number): number {
  return Math.min(300, 5 * 2 ** Math.max(0, attempts - 1));
}

/** Whether a delivered report has been kept its 30 days. */
export function outdated(report: Report, now: Date): boolean {
  return report.delivered_at !== null && now.getTime() - Date.parse(report.delivered_at) > 30 * 86_400_000;
}
