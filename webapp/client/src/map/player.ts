/**
 * Plays one live camera in a <video>: fragmented MP4 over a WebSocket into MediaSource.
 *
 * A fresh ticket is asked for on every (re)connection. The picture stays near the live edge, a hidden tab lets the
 * stream go, and a reason that more trying can't change is final.
 */
import { joinedParts } from "./bytes.ts";

export type CloseReason =
  | "unauthorised"
  | "not_found"
  | "timeout"
  | "silent"
  | "codec"
  | "refused"
  | "revoked"
  | "busy"
  | "offline"
  | "slow"
  | "error";

export type PlayerState =
  /** Waiting for a picture for that many seconds; `reason` is why the last connection ended, if there was one. */
  | { readonly kind: "connecting"; readonly seconds: number; readonly reason: CloseReason | null }
  /** `latency` is how many seconds the shown frame lies behind the newest received. */
  | {
      readonly kind: "playing";
      readonly latency: number;
      readonly watermark: string;
      readonly width: number;
      readonly height: number;
    }
  /** The tab is hidden: nothing is received. */
  | { readonly kind: "paused" }
  /** Over: `start()` tries again. */
  | { readonly kind: "closed"; readonly reason: CloseReason | "stopped"; readonly detail: string };

/** Thrown by `open` when the platform says no: the player closes with this reason and doesn't try again. */
export class OpenRefused extends Error {
  constructor(
    readonly reason: CloseReason,
    readonly detail: string,
  ) {
    super(detail);
  }
}

interface StreamFrame {
  readonly type: "stream";
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  readonly watermark: string;
}

interface ClosedFrame {
  readonly type: "closed";
  readonly reason: CloseReason;
  readonly detail: string;
}

type Ending = { readonly reason: CloseReason; readonly detail: string };
type QueueItem = { readonly kind: "format"; readonly mime: string } | { readonly kind: "media"; readonly media: ArrayBuffer };

const FINAL: ReadonlySet<CloseReason> = new Set<CloseReason>(["unauthorised", "refused", "revoked", "codec"]);
const BEHIND_SECONDS = 1;
const EDGE_SECONDS = 0.1;
const KEPT_SECONDS = 10;
const TRIM_SECONDS = 20;
const TICK_MS = 500;
const QUEUE_BYTES = 16 * 1024 * 1024;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const STEADY_MS = 10_000;

export class LivePlayer {
  private readonly video: HTMLVideoElement;
  private readonly open: () => Promise<{ url: string }>;
  private readonly onState: (state: PlayerState) => void;
  private connection: Connection | null = null;
  private timer: number | undefined;
  private ticker: number | undefined;
  private pause = FIRST_PAUSE_MS;
  private waitingSince = 0;
  private lastReason: CloseReason | null = null;
  private running = false;
  /** Counts attempts, so that an answer that comes late finds that nobody waits for it. */
  private attempt = 0;

  constructor(video: HTMLVideoElement, open: () => Promise<{ url: string }>, onState: (state: PlayerState) => void) {
    this.video = video;
    this.open = open;
    this.onState = onState;
  }

  /** Begin, or begin again after the end. Does nothing while running. */
  start(): void {
    if (this.running) {
      return;
    }
    this.running = true;
    this.pause = FIRST_PAUSE_MS;
    this.lastReason = null;
    this.waitingSince = performance.now();
    document.addEventListener("visibilitychange", this.onVisibility);
    this.ticker = window.setInterval(this.tick, TICK_MS);
    this.onVisibility();
  }

  /** Let go of the stream and of every listener. */
  stop(): void {
    this.end("stopped", "");
  }

  private readonly onVisibility = (): void => {
    this.release();
    if (document.hidden) {
      this.onState({ kind: "paused" });
      return;
    }
    this.waitingSince = performance.now();
    void this.connect();
  };

  private readonly tick = (): void => {
    if (document.hidden) {
      return;
    }
    const picture = this.connection?.follow() ?? null;
    if (picture === null) {
      const seconds = Math.round((performance.now() - this.waitingSince) / 1000);
      this.onState({ kind: "connecting", seconds, reason: this.lastReason });
      return;
    }
    if (picture.playedMs > STEADY_MS) {
      this.pause = FIRST_PAUSE_MS;
    }
    this.lastReason = null;
    this.waitingSince = performance.now();
    const { latency, watermark, width, height } = picture;
    this.onState({ kind: "playing", latency, watermark, width, height });
  };

  private async connect(): Promise<void> {
    const attempt = ++this.attempt;
    this.tick();
    try {
      const { url } = await this.open();
      if (attempt === this.attempt && this.running) {
        this.connection = new Connection(this.video, url, this.tick, (ending) => this.onEnding(attempt, ending));
      }
    } catch (error) {
      const refused = error instanceof OpenRefused;
      const ending: Ending = refused ? error : { reason: "error", detail: "" };
      if (refused && attempt === this.attempt) {
        this.end(ending.reason, ending.detail);
      } else {
        this.onEnding(attempt, ending);
      }
    }
  }

  private onEnding(attempt: number, ending: Ending): void {
    if (attempt !== this.attempt || !this.running) {
      return;
    }
    if (FINAL.has(ending.reason)) {
      this.end(ending.reason, ending.detail);
      return;
    }
    this.release();
    this.lastReason = ending.reason;
    this.waitingSince = performance.now();
    // Spread, so that a wall of tiles doesn't come back in one instant after a restart.
    const wait = this.pause * (0.75 + 0.5 * Math.random());
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    this.timer = window.setTimeout(() => void this.connect(), wait);
    this.tick();
  }

  private end(reason: CloseReason | "stopped", detail: string): void {
    if (!this.running) {
      return;
    }
    this.running = false;
    this.release();
    window.clearInterval(this.ticker);
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.onState({ kind: "closed", reason, detail });
  }

  private release(): void {
    this.attempt++;
    window.clearTimeout(this.timer);
    this.connection?.close();
    this.connection = null;
  }
}

interface Picture {
  readonly latency: number;
  readonly playedMs: number;
  readonly watermark: string;
  readonly width: number;
  readonly height: number;
}

/** One WebSocket and the MediaSource that it fills. Reports its end once. */
class Connection {
  private readonly video: HTMLVideoElement;
  private readonly onPicture: () => void;
  private readonly onEnd: (ending: Ending) => void;
  private readonly source = new MediaSource();
  private readonly objectUrl: string;
  private readonly socket: WebSocket;
  private buffer: SourceBuffer | null = null;
  private queue: QueueItem[] = [];
  private queued = 0;
  private stream: StreamFrame | null = null;
  private shownSince: number | null = null;
  private ended = false;

  constructor(video: HTMLVideoElement, url: string, onPicture: () => void, onEnd: (ending: Ending) => void) {
    this.video = video;
    this.onPicture = onPicture;
    this.onEnd = onEnd;
    this.objectUrl = URL.createObjectURL(this.source);
    this.source.addEventListener("sourceopen", this.pump, { once: true });
    video.addEventListener("error", this.onVideoError);
    video.muted = true;
    video.playsInline = true;
    video.src = this.objectUrl;
    this.socket = new WebSocket(socketUrl(url));
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.onMessage(event.data);
    this.socket.onclose = () => this.finish({ reason: "offline", detail: "" });
  }

  /** Keep to the live edge; null as long as there is no picture. */
  follow(): Picture | null {
    const edge = this.edge();
    if (this.stream === null || edge === null || this.shownSince === null) {
      return null;
    }
    return {
      latency: Math.max(0, edge - this.video.currentTime),
      playedMs: performance.now() - this.shownSince,
      watermark: this.stream.watermark,
      width: this.stream.width,
      height: this.stream.height,
    };
  }

  /** Let go without a report. */
  close(): void {
    this.ended = true;
    this.socket.onmessage = null;
    this.socket.onclose = null;
    this.socket.close();
    this.queue = [];
    this.video.removeEventListener("error", this.onVideoError);
    if (this.video.src === this.objectUrl) {
      this.video.removeAttribute("src");
      this.video.load();
    }
    URL.revokeObjectURL(this.objectUrl);
  }

  private finish(ending: Ending): void {
    if (!this.ended) {
      this.close();
      this.onEnd(ending);
    }
  }

  private readonly onVideoError = (): void => {
    this.finish({ reason: "error", detail: this.video.error?.message ?? "" });
  };

  private onMessage(message: string | ArrayBuffer): void {
    if (typeof message === "string") {
      this.onFrame(JSON.parse(message) as StreamFrame | ClosedFrame);
      return;
    }
    this.queue.push({ kind: "media", media: message });
    this.queued += message.byteLength;
    if (this.queued > QUEUE_BYTES) {
      this.finish({ reason: "slow", detail: "" });
      return;
    }
    this.pump();
  }

  private onFrame(frame: StreamFrame | ClosedFrame): void {
    if (frame.type === "closed") {
      this.finish(frame);
    } else if (!MediaSource.isTypeSupported(frame.mime)) {
      this.finish({ reason: "codec", detail: frame.mime });
    } else {
      this.stream = frame;
      this.queue.push({ kind: "format", mime: frame.mime });
      this.pump();
    }
  }

  private readonly pump = (): void => {
    if (this.ended || this.source.readyState !== "open" || this.buffer?.updating === true) {
      return;
    }
    try {
      this.chase();
      if (!this.trim()) {
        this.append();
      }
    } catch (error) {
      this.finish({ reason: "error", detail: error instanceof Error ? error.name : "" });
    }
  };

  private append(): void {
    while (this.queue[0]?.kind === "format") {
      const item = this.queue.shift();
      if (item?.kind === "format") {
        this.changeFormat(item.mime);
      }
    }
    if (this.buffer === null) {
      return;
    }
    const parts: ArrayBuffer[] = [];
    for (let next = this.queue[0]; next?.kind === "media"; next = this.queue[0]) {
      parts.push(next.media);
      this.queue.shift();
    }
    if (parts.length > 0) {
      const joined = joinedParts(parts);
      this.queued -= joined.byteLength;
      this.buffer.appendBuffer(joined);
    }
  }

  private changeFormat(mime: string): void {
    if (this.buffer !== null) {
      this.buffer.changeType(mime);
      return;
    }
    this.buffer = this.source.addSourceBuffer(mime);
    this.buffer.mode = "segments";
    this.buffer.addEventListener("updateend", this.pump);
    this.video.requestVideoFrameCallback(() => {
      this.shownSince = performance.now();
      this.onPicture();
    });
    // Muted video may always start; where a browser still says no, the next seek or click starts it.
    this.video.play().catch(() => undefined);
  }

  private edge(): number | null {
    const ranges = this.buffer?.buffered;
    return ranges === undefined || ranges.length === 0 ? null : ranges.end(ranges.length - 1);
  }

  /** Jump to the newest picture where playing lies more than a second behind it or outside what is buffered. */
  private chase(): void {
    const edge = this.edge();
    const ranges = this.buffer?.buffered;
    if (edge === null || ranges === undefined) {
      return;
    }
    const start = ranges.start(ranges.length - 1);
    const now = this.video.currentTime;
    if (now < start || edge - now > BEHIND_SECONDS) {
      this.video.currentTime = Math.max(start, edge - EDGE_SECONDS);
    }
  }

  /** Remove what was seen long ago; true where that is now under way. */
  private trim(): boolean {
    const ranges = this.buffer?.buffered;
    if (this.buffer === null || ranges === undefined || ranges.length === 0) {
      return false;
    }
    const start = ranges.start(0);
    const until = this.video.currentTime - KEPT_SECONDS;
    if (until - start < TRIM_SECONDS - KEPT_SECONDS) {
      return false;
    }
    this.buffer.remove(start, until);
    return true;
  }
}

/** The page's own origin with the WebSocket scheme, for a path or an absolute URL. */
function socketUrl(url: string): string {
  const target = new URL(url, window.location.href);
  target.protocol = target.protocol === "https:" || target.protocol === "wss:" ? "wss:" : "ws:";
  return target.href;
}
