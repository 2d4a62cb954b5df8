import { type Clock, recordTime, type SplitClock } from "./clock.js";

const TWO_POW_32 = 0x1_0000_0000;
const LOW_HALF = 0xffff_ffffn;

/** Reads a clock as two halves of 32 bits, without making a bigint where the clock makes none. */
export class TimeHalves {
  low = 0;
  /** May have a fraction, which storing it cuts off. */
  high = 0;
  readonly #clock: Clock | undefined;
  readonly #recordTime: (at?: number) => bigint;
  readonly #elapsed: () => number;
  readonly #originLow: number;
  readonly #originHigh: number;

  constructor(clock: Clock | SplitClock) {
    const split = typeof clock === "function" ? { origin: 0n, elapsed: () => 0 } : clock;
    this.#clock = typeof clock === "function" ? clock : undefined;
    this.#recordTime = recordTime(
      this.#clock ?? (() => split.origin + BigInt(Math.round(split.elapsed()))),
    );
    this.#elapsed = split.elapsed;
    this.#originLow = Number(split.origin & LOW_HALF);
    this.#originHigh = Number(BigInt.asUintN(32, split.origin >> 32n));
  }

  /** Takes the time, or that of `at` of `performance.now()`: `low` and `high` are set. */
  read(at?: number): void {
    if (this.#clock || at !== undefined) {
      const time = this.#recordTime(at);
      this.low = Number(time & LOW_HALF);
      this.high = Number(BigInt.asUintN(32, time >> 32n));
    } else {
      const time = this.#elapsed() + this.#originLow;
      this.low = time >>> 0;
      this.high = this.#originHigh + (time - this.low) / TWO_POW_32;
    }
  }
}
