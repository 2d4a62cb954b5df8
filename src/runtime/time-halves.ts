import { type Clock, type SplitClock, timeBefore } from "./clock.js";

const TWO_POW_32 = 0x1_0000_0000;
const LOW_HALF = 0xffff_ffffn;

/** Reads a clock as two halves of 32 bits, without making a bigint where the clock makes none. */
export class TimeHalves {
  low = 0;
  /** May have a fraction, which storing it cuts off. */
  high = 0;
  readonly #clock: Clock | undefined;
  readonly #elapsed: () => number;
  readonly #originLow: number;
  readonly #originHigh: number;

  constructor(clock: Clock | SplitClock) {
    const split = typeof clock === "function" ? { origin: 0n, elapsed: () => 0 } : clock;
    this.#clock = typeof clock === "function" ? clock : undefined;
    this.#elapsed = split.elapsed;
    this.#originLow = Number(split.origin & LOW_HALF);
    this.#originHigh = Number(BigInt.asUintN(32, split.origin >> 32n));
  }

  /** Takes the time of `ago` nanoseconds ago: `low` and `high` are set. */
  read(ago = 0): void {
    if (this.#clock) {
      const time = timeBefore(this.#clock, ago);
      this.low = Number(time & LOW_HALF);
      this.high = Number(BigInt.asUintN(32, time >> 32n));
    } else {
      const time = this.#elapsed() + this.#originLow - ago;
      this.low = time >>> 0;
      this.high = this.#originHigh + (time - this.low) / TWO_POW_32;
    }
  }
}
