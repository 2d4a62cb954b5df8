/** Milliseconds between two looks. */
const TICK = 100;

/**
 * Looks whether a count goes on, and calls `stalled` where it has stood still for so many
 * milliseconds; `undefined` is no standstill, as nothing is awaited. Ends by `clearInterval`.
 */
export function watchStall(
  milliseconds: number,
  count: () => number | undefined,
  stalled: () => void,
): ReturnType<typeof setInterval> {
  let last: { readonly count: number | undefined; readonly at: number } = { count: -1, at: 0 };
  return setInterval(() => {
    const now = performance.now();
    const counted = count();
    if (counted === undefined || counted !== last.count) last = { count: counted, at: now };
    if (now - last.at >= milliseconds) stalled();
  }, TICK);
}
