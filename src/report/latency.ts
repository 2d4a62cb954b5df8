import type { PageRequest } from "../analysis/page-requests.js";
import { percentile, sortNumbers } from "../analysis/percentile.js";
import { type ClockRelation, isRelated, MAX_DRIFT } from "../analysis/relate-clocks.js";

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

/** A median in nanoseconds, and between which bounds it lies. */
export interface BoundedMedian {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** The stages of a request by their medians; undefined where they are not known. */
export interface StageMedians {
  /** From the fault until the page was there, by the destination's clock. */
  readonly total: number | undefined;
  /** Waiting at the source, by its own clock. */
  readonly queue: number | undefined;
  /** On the way to the source and back: the wait at the destination without that at the source. */
  readonly travel: number | undefined;
  /** To the source, and back: they cross the sides, so they are as uncertain as the clocks' offset. */
  readonly there: BoundedMedian | undefined;
  readonly back: BoundedMedian | undefined;
}

/** The stages of the requests whose page was sent for them. */
export function stageMedians(
  requests: readonly PageRequest[],
  clocks: ClockRelation | undefined,
): StageMedians {
  const stages = requests.flatMap((request) => stagesOf(request, clocks));
  const median = (of: (stage: Stages) => number) => percentile(sortNumbers(stages.map(of)), 50);
  // The median of bounds bounds the median.
  const bounded = (of: (stage: Stages) => BoundedMedian | undefined): BoundedMedian | undefined => {
    const known = stages.flatMap((stage) => of(stage) ?? []);
    const at = (end: keyof BoundedMedian) =>
      percentile(sortNumbers(known.map((stage) => stage[end])), 50);
    const [value, lower, upper] = [at("value"), at("lower"), at("upper")];
    return value === undefined || lower === undefined || upper === undefined
      ? undefined
      : { value, lower, upper };
  };
  return {
    total: median(({ queue, travel }) => queue + travel),
    queue: median(({ queue }) => queue),
    travel: median(({ travel }) => travel),
    there: bounded(({ there }) => there),
    back: bounded(({ back }) => back),
  };
}

interface Stages {
  readonly queue: number;
  readonly travel: number;
  readonly there: BoundedMedian | undefined;
  readonly back: BoundedMedian | undefined;
}

/** Both ways take at least no time, and at most what the request was on its way in all. */
function stagesOf(request: PageRequest, clocks: ClockRelation | undefined): Stages[] {
  const { faulted, received, served, arrived, sentBefore } = request;
  if (sentBefore || faulted === undefined || arrived === undefined) return [];
  if (received === undefined || served === undefined) return [];
  const queue = Number(served - received);
  const travel = Number(arrived - faulted) - queue;
  if (!isRelated(clocks) || clocks.lower === undefined || clocks.upper === undefined) {
    return [{ queue, travel, there: undefined, back: undefined }];
  }
  const { verdict, offset, lower, upper, reference } = clocks;
  const drifted =
    verdict === "given" ? 0 : (Math.abs(Number(faulted - reference)) * MAX_DRIFT) / 1e6;
  const within = (value: number, early: bigint, late: bigint): BoundedMedian => ({
    value,
    lower: Math.max(0, value - Number(early) - drifted),
    upper: Math.min(travel, value + Number(late) + drifted),
  });
  return [
    {
      ...{ queue, travel },
      there: within(Number(received - faulted), offset - lower, upper - offset),
      back: within(Number(arrived - served), upper - offset, offset - lower),
    },
  ];
}
