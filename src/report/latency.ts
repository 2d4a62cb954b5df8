import type { PageRequest } from "../analysis/page-requests.js";
import { percentile, sortNumbers } from "../analysis/percentile.js";

/** A stretch of latencies, and how many requests took so long. */
export interface LatencyBucket {
  /** Nanoseconds: not below `from`, below `to`. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How long each page took from its fault until it was there, in nanoseconds, the shortest first. */
export function latencies(requests: readonly PageRequest[]): number[] {
  return requests
    .flatMap(({ faulted, arrived }) =>
      faulted === undefined || arrived === undefined ? [] : [Number(arrived - faulted)],
    )
    .sort((a, b) => a - b);
}

/** Sorted latencies in buckets, each twice as long as the one before. */
export function latencyBuckets(sorted: readonly number[]): LatencyBucket[] {
  const buckets: LatencyBucket[] = [];
  let at = 0;
  for (let to = FIRST; at < sorted.length; to *= 2) {
    const first = at;
    while (at < sorted.length && sorted[at]! < to) at += 1;
    if (buckets.length > 0 || at > first) {
      buckets.push({ from: to === FIRST ? 0 : to / 2, to, count: at - first });
    }
  }
  return buckets;
}

const FIRST = 16_000;

/** The stages of a request, by their medians: to the source, waiting there, and back. */
export function stageMedians(requests: readonly PageRequest[]): {
  readonly there: number | undefined;
  readonly queue: number | undefined;
  readonly back: number | undefined;
} {
  const median = (from: Moment, to: Moment) => {
    const lengths = requests.flatMap(({ [from]: a, [to]: b, sentBefore }) =>
      sentBefore || a === undefined || b === undefined ? [] : [Number(b - a)],
    );
    return percentile(sortNumbers(lengths), 50);
  };
  return {
    there: median("faulted", "received"),
    queue: median("received", "served"),
    back: median("served", "arrived"),
  };
}

type Moment = "faulted" | "received" | "served" | "arrived";
