/* Brings waiting reports to the centre, one at a time: pictures first, each once, then the report under its own id. */
import { type ApiProblem, type EventCard, type NewEvent, type PhotoReceipt, asProblem } from "../shared/api/index.ts";
import { type Picture, type Report, body, delivered, pause, setBack, type Setback } from "./report.ts";

/** What the sender reaches for; replaced in tests. */
export interface Ways {
  readonly upload: (picture: Blob, onProgress: (share: number) => void) => Promise<PhotoReceipt>;
  readonly report: (event: NewEvent) => Promise<EventCard>;
  readonly keep: (report: Report) => Promise<void>;
  readonly now: () => Date;
}

/** Told of every change of a report; `share` is how much of its pictures is up, 0 to 1. */
export type Watcher = (report: Report, share: number) => void;

/** What a thrown problem means for a report. */
export function setback(problem: ApiProblem): Setback {
  const first = problem.errors[0];
  return { status: problem.status, code: problem.code, message: first?.message ?? problem.detail, field: first?.field ?? null };
}

/** Sends one complete report and returns it delivered, waiting or failed; each stage is stored before the next begins. */
export async function send(report: Report, ways: Ways, watch: Watcher): Promise<Report> {
  let current: Report = { ...report, standing: "sending", failure: null };
  await ways.keep(current);
  watch(current, share(current));
  try {
    await picturesUp(current, ways, watch, (progress) => {
      current = progress;
    });
    current = delivered(current, await ways.report(body(current)), ways.now());
  } catch (thrown) {
    current = setBack(current, setback(asProblem(thrown)));
  }
  await ways.keep(current);
  watch(current, share(current));
  return current;
}

async function picturesUp(report: Report, ways: Ways, watch: Watcher, tell: (progress: Report) => void): Promise<void> {
  let current = report;
  for (const picture of report.pictures) {
    if (picture.sha256 !== null) continue;
    const before = share(current);
    const step = 1 / current.pictures.length;
    const during = current;
    const receipt = await ways.upload(picture.blob, (part) => watch(during, before + part * step));
    current = named(current, picture.id, receipt);
    tell(current);
    await ways.keep(current);
    watch(current, share(current));
  }
}

/** The report with one picture known to the server. */
export function named(report: Report, id: string, receipt: Pick<PhotoReceipt, "sha256" | "point">): Report {
  const pictures = report.pictures.map(
    (picture): Picture => (picture.id === id ? { ...picture, sha256: receipt.sha256, point: receipt.point } : picture),
  );
  return { ...report, pictures };
}

function share(report: Report): number {
  const up = report.pictures.filter((picture) => picture.sha256 !== null).length;
  return report.pictures.length ? up / report.pictures.length : 0;
}

/** A queue of one: never two sends at once on this phone. */
export class Outbox {
  readonly #ways: Ways;
  readonly #watch: Watcher;
  readonly #waiting = new Map<string, Report>();
  #running = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(ways: Ways, watch: Watcher) {
    this.#ways = ways;
    this.#watch = watch;
  }

  /** Takes a report to send, now or as soon as the one before it is through. */
  async take(report: Report): Promise<void> {
    const waiting: Report = { ...report, standing: "waiting" };
    this.#waiting.set(report.client_id, waiting);
    await this.#ways.keep(waiting);
    this.#watch(waiting, share(waiting));
    await this.#run();
  }

  /** Takes what an earlier visit left behind: waiting, or cut off while sending. */
  async resume(reports: readonly Report[]): Promise<void> {
    for (const report of reports) {
      if (report.standing !== "waiting" && report.standing !== "sending") continue;
      const waiting: Report = { ...report, standing: "waiting" };
      this.#waiting.set(report.client_id, waiting);
      this.#watch(waiting, share(waiting));
    }
    await this.#run();
  }

  /** Tries again at once: the network is back, or a person asked. */
  async nudge(): Promise<void> {
    await this.#run();
  }

  /** Forgets the timer; what waits stays stored. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.stop();
    let attempts = 0;
    try {
      for (const report of [...this.#waiting.values()].sort((a, b) => a.created_at.localeCompare(b.created_at))) {
        const result = await send(report, this.#ways, this.#watch);
        if (result.standing === "waiting") {
          this.#waiting.set(result.client_id, result);
          attempts = Math.max(attempts, result.attempts);
          if (result.failure?.code === "network") break;
        } else this.#waiting.delete(result.client_id);
      }
    } finally {
      this.#running = false;
    }
    if (attempts > 0) this.#timer = setTimeout(() => void this.#run(), pause(attempts) * 1000);
    else if (this.#waiting.size) await this.#run();
  }
}

