import type { Io } from "./io.js";

/** Fewer bytes than these are read before anybody looks. */
const MIN_TOTAL = 32 * 1024 * 1024;
const WIDTH = 30;

/** A bar on the terminal that tells how much of an input was read; nothing where stderr is none. */
export class Progress {
  readonly #io: Io;
  readonly #total: number | undefined;
  #shown = -1;

  /** `total` is the input's size in bytes, if it is known. */
  constructor(io: Io, total: number | undefined) {
    this.#io = io;
    this.#total = total;
  }

  /** So many bytes were read. */
  update(done: number): void {
    if (!this.#io.status || this.#total === undefined || this.#total < MIN_TOTAL) return;
    const percent = Math.floor((100 * done) / this.#total);
    if (percent === this.#shown) return;
    this.#shown = percent;
    const filled = Math.round((WIDTH * Math.min(done, this.#total)) / this.#total);
    const bar = "█".repeat(filled).padEnd(WIDTH, "░");
    this.#io.status(`${bar} ${percent} %`);
  }

  /** Takes the bar away, before something else is printed. */
  clear(): void {
    if (this.#shown >= 0) this.#io.status?.("");
    this.#shown = -1;
  }
}
