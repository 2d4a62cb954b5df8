/** Nanoseconds of some clock. */
export type Clock = () => bigint;

/**
 * Nanoseconds since this program began, never stepping back; for a clock that other processes
 * share (QEMU's is CLOCK_MONOTONIC), give sinks one, such as Node's `process.hrtime.bigint`.
 */
export const monotonicClock: Clock = () => BigInt(Math.round(performance.now() * 1e6));

/** Nanoseconds since 1970, as wall clocks have them; as fine as the platform tells. */
export const wallClock: Clock = () =>
  BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e3)) * 1000n;
