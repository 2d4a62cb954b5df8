import type { ByteSink } from "../../../src/migration/engine/byte-channel.js";

/** A channel that takes so many bytes a millisecond, by the clock of `performance` and `setTimeout`. */
export class PacedSink implements ByteSink {
  readonly #pace: number;
  #busyUntil = 0;

  constructor(pace: number) {
    this.#pace = pace;
  }

  write(chunk: Uint8Array, taken: () => void): void {
    const now = performance.now();
    this.#busyUntil = Math.max(this.#busyUntil, now) + chunk.length / this.#pace;
    setTimeout(taken, this.#busyUntil - now);
  }

  end(taken: () => void): void {
    this.write(new Uint8Array(), taken);
  }

  destroy(): void {}

  on(): void {}
}
