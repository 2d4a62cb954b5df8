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

/** Readings of two clocks of which the closest counts: a program may be interrupted between two. */
const READINGS = 5;

/**
 * Gives the time of a record by a clock: now, or what the clock told at a time of `performance.now()`.
 * Of records that come late, the order is that of their times; none is later than what comes next.
 */
export function recordTime(clock: Clock): (at?: number) => bigint {
  let lead: bigint | undefined;
  return (at) => {
    const now = clock();
    if (at === undefined) return now;
    lead ??= leadOf(clock);
    const late = lead + BigInt(Math.round(at * 1e6));
    return late < now ? late : now;
  };
}

/** How far a clock is ahead of `monotonicClock`: rather too much, so that no record seems too early. */
function leadOf(clock: Clock): bigint {
  let least = -monotonicClock() + clock();
  for (let reading = 1; reading < READINGS; reading++) {
    const lead = -monotonicClock() + clock();
    if (lead < least) least = lead;
  }
  return least;
}
