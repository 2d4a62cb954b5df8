/** Nanoseconds of some clock. */
export type Clock = () => bigint;

/** Node finds `performance` anew at each use of the global, which takes a fifth of the reading. */
const { performance } = globalThis;

/**
 * A clock that is read without a bigint: nanoseconds since `origin`, fractions allowed, and what
 * the clock itself told then.
 */
export interface SplitClock {
  readonly origin: bigint;
  readonly elapsed: () => number;
}

/**
 * Nanoseconds since this program began, never stepping back; for a clock that other processes
 * share (QEMU's is CLOCK_MONOTONIC), give sinks one, such as Node's `process.hrtime.bigint`.
 */
export const monotonicClock: Clock = () => BigInt(Math.round(performance.now() * 1e6));

/** As `monotonicClock`, without a bigint. */
export const monotonicSplitClock: SplitClock = {
  origin: 0n,
  elapsed: () => performance.now() * 1e6,
};

/** Nanoseconds since 1970, as wall clocks have them; as fine as the platform tells. */
export const wallClock: Clock = () =>
  BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e3)) * 1000n;

/**
 * A clock that tells what `clock` tells, but is read quicker: `clock` is asked once, the time since
 * is the platform's. For clocks that never step, such as CLOCK_MONOTONIC (`process.hrtime.bigint`).
 */
export function splitClock(clock: Clock): SplitClock {
  return { ...monotonicSplitClock, origin: clock() - monotonicClock() };
}

/**
 * Gives the time of a record by a clock: now, or what the clock told at a time of `performance.now()`.
 * Of records that come late, the order is that of their times.
 */
export function recordTime(clock: Clock): (at?: number) => bigint {
  let ahead: bigint | undefined;
  return (at) => {
    if (at === undefined) return clock();
    // Read in this order, no record seems to be earlier than it was, nor than those before it.
    ahead ??= -monotonicClock() + clock();
    return ahead + BigInt(Math.round(at * 1e6));
  };
}
