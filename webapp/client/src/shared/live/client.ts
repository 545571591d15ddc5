/**
 * The live line: a snapshot, then numbered updates over a WebSocket. Nothing is lost silently: each frame names the number
 * before it, and whoever holds another number asks again from there. Knows no DOM; socket, timers and chance can be handed in.
 */
import { serverNow, setServerNow } from "../ticking.ts";

export interface Change<Row> {
  layer: string;
  id: number;
  row?: Row;
  remove?: boolean;
}

export interface Snapshot<Row> {
  seq: number;
  rows: Row[];
}

/** What the light says. `heardAt`: when the data was last known to be true (ms); 0 before the first snapshot. */
export type LiveState =
  | { kind: "connecting"; heardAt: number }
  | { kind: "live"; heardAt: number }
  | { kind: "catching_up"; heardAt: number }
  | { kind: "offline"; heardAt: number; retryAt: number };

export interface SocketLike {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  close(code?: number): void;
}

export interface LiveOptions<Row> {
  snapshot: () => Promise<Snapshot<Row>>;
  reset: (rows: Row[]) => void;
  apply: (changes: Change<Row>[]) => void;
  onState: (state: LiveState) => void;
  socket?: (url: string) => SocketLike;
  random?: () => number;
}

interface Frame<Row> {
  type: string;
  seq?: number;
  prev?: number;
  at?: string;
  changes?: Change<Row>[];
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** The server ticks every 10 s; a line silent for longer than this is dead even if nobody closed it. */
const SILENCE_MS = 25_000;
/** Signed out, or no longer allowed: asking again changes nothing. The server says so by these close codes. */
const FINAL_CODES: ReadonlySet<number> = new Set([4401, 4403]);

/** The wait before attempt number `attempt` (0 is the first): doubling, at most 30 s, between half and the whole of it. */
export function backoff(attempt: number, random: () => number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return Math.round(longest * (0.5 + random() / 2));
}

/** The address of the line on the page's own origin. */
export function lineUrl(since: number, page: Pick<Location, "protocol" | "host"> = location): string {
  return `${page.protocol === "https:" ? "wss:" : "ws:"}//${page.host}/ws/live?since=${since}`;
}

/** One line to one server. `start` once, `stop` for good. */
export class LiveClient<Row> {
  readonly #options: LiveOptions<Row>;
  readonly #random: () => number;
  #seq = -1;
  #target = -1;
  #attempt = 0;
  #heardAt = 0;
  #socket: SocketLike | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #stopped = true;
  /** Rises with every new try, so that an answer to an older one is told apart. */
  #turn = 0;

  constructor(options: LiveOptions<Row>) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  /** The number of the last update applied; -1 before the first snapshot. */
  get seq(): number {
    return this.#seq;
  }

  start(): void {
    this.#stopped = false;
    this.#say({ kind: "connecting", heardAt: 0 });
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#drop();
  }

  /** Tries at once instead of waiting for the next attempt; for a button, a woken tab, a network that came back. */
  reconnectNow(): void {
    if (this.#stopped || this.#socket !== null) return;
    this.#attempt = 0;
    clearTimeout(this.#timer);
    void this.#connect();
  }

  #say(state: LiveState): void {
    this.#options.onState(state);
  }

  #drop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  async #connect(): Promise<void> {
    this.#drop();
    const turn = this.#turn;
    if (this.#seq < 0) {
      try {
        const snapshot = await this.#options.snapshot();
        if (turn !== this.#turn) return;
        this.#seq = snapshot.seq;
        this.#heard();
        this.#options.reset(snapshot.rows);
      } catch {
        if (turn === this.#turn) this.#retry();
        return;
      }
    }
    if (this.#heardAt > 0) this.#say({ kind: "catching_up", heardAt: this.#heardAt });
    this.#open();
  }

  #open(): void {
    const make = this.#options.socket ?? ((url: string): SocketLike => new WebSocket(url));
    const socket = make(lineUrl(this.#seq));
    this.#socket = socket;
    this.#watchSilence();
    socket.onmessage = (event) => this.#read(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    socket.onerror = () => undefined; /* a close always follows */
  }

  #closed(code: number): void {
    this.#socket = null;
    clearTimeout(this.#silence);
    if (FINAL_CODES.has(code)) this.#seq = -1;
    this.#retry();
  }

  #retry(): void {
    if (this.#stopped) return;
    this.#drop();
    const wait = backoff(this.#attempt, this.#random);
    this.#attempt += 1;
    this.#say({ kind: "offline", heardAt: this.#heardAt, retryAt: serverNow() + wait });
    this.#timer = setTimeout(() => void this.#connect(), wait);
  }

  #watchSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#retry(), SILENCE_MS);
  }

  #heard(): void {
    this.#heardAt = serverNow();
  }

  #read(data: unknown): void {
    this.#watchSilence();
    let frame: Frame<Row>;
    try {
      frame = JSON.parse(String(data)) as Frame<Row>;
    } catch {
      this.#retry();
      return;
    }
    const readers: Record<string, (frame: Frame<Row>) => void> = {
      welcome: (one) => this.#welcome(one),
      updates: (one) => this.#updates(one),
      tick: (one) => this.#tick(one),
      resync: () => this.#resync(),
    };
    readers[frame.type]?.(frame);
  }

  #welcome(frame: Frame<Row>): void {
    this.#target = frame.seq ?? this.#seq;
    this.#settle();
  }

  #tick(frame: Frame<Row>): void {
    if (frame.at) setServerNow(frame.at);
    this.#settle();
  }

  #updates(frame: Frame<Row>): void {
    const [prev, seq] = [frame.prev ?? -1, frame.seq ?? -1];
    if (seq <= this.#seq) return; /* said before */
    if (prev !== this.#seq) {
      void this.#connect(); /* something is missing between ours and this: ask from ours */
      return;
    }
    this.#seq = seq;
    this.#options.apply(frame.changes ?? []);
    this.#settle();
  }

  #resync(): void {
    this.#seq = -1;
    void this.#connect();
  }

  /** Live once everything up to the number that the welcome named is here. */
  #settle(): void {
    this.#heard();
    if (this.#seq < this.#target) {
      this.#say({ kind: "catching_up", heardAt: this.#heardAt });
      return;
    }
    this.#attempt = 0;
    this.#say({ kind: "live", heardAt: this.#heardAt });
  }
}
