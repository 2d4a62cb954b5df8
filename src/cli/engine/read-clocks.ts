/** One moment on two clocks of this host, in nanoseconds. */
export interface ClockReading {
  /** CLOCK_MONOTONIC, which the times of a recording count. */
  readonly monotonic: bigint;
  /** CLOCK_REALTIME, which the timestamps of QEMU's logs count. */
  readonly realtime: bigint;
  /** How far the two readings can be apart. */
  readonly uncertainty: bigint;
}

const MILLISECOND = 1_000_000n;

/** Ticks of the wall clock that are awaited, each a millisecond; and for how long at most. */
const TICKS = 4;
const MOST = 50n * MILLISECOND;

/**
 * Reads both clocks at one moment. Node gives the wall clock in milliseconds only, but the moment at
 * which it ticks can be told to less than a microsecond; of several ticks the one that was seen best
 * is taken. Keeps the thread busy for a few milliseconds.
 */
export function readClocks(): ClockReading {
  let before = process.hrtime.bigint();
  let tick = Date.now();
  const deadline = before + MOST;
  let best: ClockReading = {
    monotonic: before,
    realtime: BigInt(tick) * MILLISECOND,
    uncertainty: MILLISECOND,
  };
  for (let ticks = 0; ticks < TICKS && before < deadline; ) {
    const start = process.hrtime.bigint();
    const now = Date.now();
    const end = process.hrtime.bigint();
    if (now !== tick) {
      const uncertainty = (end - before) / 2n + 1n;
      const reading = { monotonic: before + uncertainty, realtime: BigInt(now) * MILLISECOND };
      if (uncertainty < best.uncertainty) best = { ...reading, uncertainty };
      tick = now;
      ticks += 1;
    }
    before = start;
  }
  return best;
}
