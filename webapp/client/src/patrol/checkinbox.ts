/* Brings check-ins to the centre, one at a time, each under its own id; what can't be sent now waits on the phone. */
import { asProblem, type CheckInReceipt, type NewCheckIn } from "../shared/api/index.ts";
import { type CheckIn, checkInBody, checkInDelivered, checkInSetBack } from "./checkin.ts";
import { pause } from "./report.ts";
import { setback } from "./sender.ts";

/** What it reaches for; replaced in tests. */
export interface CheckInWays {
  readonly send: (body: NewCheckIn) => Promise<CheckInReceipt>;
  readonly keep: (one: CheckIn) => Promise<void>;
}

/** A queue: never two sends at once on this phone. */
export class CheckInBox {
  readonly #ways: CheckInWays;
  readonly #watch: (one: CheckIn) => void;
  readonly #waiting = new Map<string, CheckIn>();
  #running = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(ways: CheckInWays, watch: (one: CheckIn) => void) {
    this.#ways = ways;
    this.#watch = watch;
  }

  /** Keeps a check-in on the phone, then sends it, or as soon as there is a signal. */
  async take(one: CheckIn): Promise<void> {
    this.#waiting.set(one.client_id, one);
    await this.#tell(one);
    await this.nudge();
  }

  /** Takes what an earlier visit left behind. */
  async resume(all: readonly CheckIn[]): Promise<void> {
    for (const one of all) if (one.standing === "waiting") this.#waiting.set(one.client_id, one);
    await this.nudge();
  }

  /** Tries again at once: the network is back. */
  async nudge(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.stop();
    try {
      await this.#sendAll();
    } finally {
      this.#running = false;
    }
    const attempts = Math.max(0, ...[...this.#waiting.values()].map((one) => one.attempts));
    if (attempts > 0) this.#timer = setTimeout(() => void this.nudge(), pause(attempts) * 1000);
    else if (this.#waiting.size) await this.nudge();
  }

  /** Forgets the timer; what waits stays stored. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #sendAll(): Promise<void> {
    for (const one of [...this.#waiting.values()].sort((a, b) => a.device_at.localeCompare(b.device_at))) {
      const result = await this.#send(one);
      if (result.standing === "waiting") this.#waiting.set(one.client_id, result);
      else this.#waiting.delete(one.client_id);
      await this.#tell(result);
      if (result.failure?.code === "network") return;
    }
  }

  async #send(one: CheckIn): Promise<CheckIn> {
    try {
      await this.#ways.send(checkInBody(one));
      return checkInDelivered(one);
    } catch (thrown) {
      return checkInSetBack(one, setback(asProblem(thrown)));
    }
  }

  async #tell(one: CheckIn): Promise<void> {
    await this.#ways.keep(one);
    this.#watch(one);
  }
}
