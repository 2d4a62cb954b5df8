import { abortable, type Patience } from "./abortable.js";

/** What a source is told while it runs: by its user, and by the destination on the return path. */
export class SourceSignals {
  /** The user wants the guest to go over now, its memory after it. */
  postcopy = false;
  /** The destination is ready for the switchover (capability switchover-ack). */
  acknowledged = false;
  #continue: () => void = () => {};
  readonly #continued = new Promise<void>((resolve) => {
    this.#continue = resolve;
  });

  /** The user lets a switchover that waits go on, or one that is still to come. */
  continue(): void {
    this.#continue();
  }

  /** Waits until the user lets the switchover go on. */
  continued(patience: Patience): Promise<void> {
    return abortable(this.#continued, { signal: patience.signal });
  }
}
