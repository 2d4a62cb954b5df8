/**
 * How much a slow test does: a short form with `npm test`, the long one with QTRACE_LONG=1, as in
 * `.ci/run`.
 */
export function shortOrLong(short: number, long: number): number {
  return process.env.QTRACE_LONG === "1" ? long : short;
}
