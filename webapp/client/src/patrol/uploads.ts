/* One upload per picture, however many ask for it: the form begins it at once, the outbox joins in. */
import type { PhotoReceipt } from "../shared/api/index.ts";
import { upload } from "./upload.ts";

interface Running {
  readonly receipt: Promise<PhotoReceipt>;
  readonly watchers: Set<(share: number) => void>;
}

/** Sends each picture once while it is on its way; a failed one is sent anew when asked again. */
export class Uploads {
  readonly #running = new WeakMap<Blob, Running>();
  readonly #send: typeof upload;

  constructor(send: typeof upload = upload) {
    this.#send = send;
  }

  /** The server's name for `picture`. Rejects as `upload` does. */
  readonly one = (picture: Blob, onProgress: (share: number) => void): Promise<PhotoReceipt> => {
    const present = this.#running.get(picture);
    if (present) {
      present.watchers.add(onProgress);
      return present.receipt;
    }
    const watchers = new Set([onProgress]);
    const receipt = this.#send(picture, (share) => watchers.forEach((watcher) => watcher(share)));
    this.#running.set(picture, { receipt, watchers });
    receipt.catch(() => this.#running.delete(picture));
    return receipt;
  };
}
