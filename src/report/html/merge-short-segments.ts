import type { PathSegment } from "../../analysis/account.js";

/** A segment with less than this share of the path does not get a row of its own. */
const SHORT = 0.01;

/**
 * A path with runs of short segments of one side and kind as one segment, named after the first and
 * the last: dozens of small devices would hide the few that matter. No time is lost.
 */
export function mergeShortSegments(path: readonly PathSegment[]): PathSegment[] {
  const whole = Number((path.at(-1)?.end ?? 0n) - (path[0]?.start ?? 0n));
  const isShort = ({ kind, start, end, bounds }: PathSegment) =>
    kind !== "unexplained" && !bounds && Number(end - start) < whole * SHORT;
  const runs: PathSegment[][] = [];
  for (const segment of path) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const fits =
      last &&
      isShort(segment) &&
      isShort(last) &&
      segment.side === last.side &&
      segment.kind === last.kind;
    if (fits) run!.push(segment);
    else runs.push([segment]);
  }
  return runs.map(merge);
}

function merge(run: readonly PathSegment[]): PathSegment {
  const [first, last] = [run[0]!, run.at(-1)!];
  if (run.length === 1) return first;
  const what = `${run.length} short ones, ${first.what} to ${last.what}`;
  return { ...first, what, end: last.end };
}
