import type { EventRecord } from "../traces/record.js";
import { partitionPoint } from "./partition-point.js";

/**
 * How many records a trace holds by when, and what writing one takes: an estimate of what tracing
 * costs needs no more of the records that the analysis does not read.
 */
export interface TraceDensity {
  /** Timestamps of some records of the trace, in ascending order: nanoseconds of its clock. */
  readonly times: readonly bigint[];
  /** How many records the trace holds before each of these. */
  readonly ordinals: readonly number[];
  /** Nanoseconds that writing a record takes; undefined where the trace is too short to show it. */
  readonly perRecord: number | undefined;
}

/** How many records of a trace were written after `start`, up to `end`, on the clock of `convert`. */
export function recordsBetween(
  { times, ordinals }: TraceDensity,
  start: bigint,
  end: bigint,
  convert: (time: bigint) => bigint = (time) => time,
): number {
  const first = partitionPoint(times.length, (index) => convert(times[index]!) >= start);
  const last = partitionPoint(times.length, (index) => convert(times[index]!) > end) - 1;
  return last > first ? ordinals[last]! - ordinals[first]! : 0;
}

/** The density of a trace of which all records are given. */
export function densityOf(records: readonly EventRecord[]): TraceDensity | undefined {
  const counter = new DensityCounter();
  for (const { timestamp, pid } of records) {
    counter.count(Number(timestamp) / 1000, pid);
    counter.keep(timestamp);
  }
  return counter.density();
}

/** Fewer gaps than these show no cost. */
const ENOUGH = 16;

/** A record is kept at least this often, so that no more than so many are missed at the ends of an interval. */
const OFTEN = 256;

/** Threads whose last time is remembered: those of a log of other origin may be without number. */
const THREADS = 1000;

/**
 * Measures the density of a trace that is read record by record, in little memory:
 *
 *     for (const record of trace) {
 *       counter.count(Number(record.timestamp) / 1000, record.pid);
 *       if (isRelevant(record)) counter.keep(record.timestamp);
 *     }
 *     counter.density()
 */
export class DensityCounter {
  readonly #times: bigint[] = [];
  readonly #ordinals: number[] = [];
  readonly #gaps = new GapHistogram();
  /** When each thread wrote its last record; of a trace that does not tell threads apart, anyone. */
  readonly #last = new Map<number, number>();
  #count = 0;
  /** The last of the ordinals. */
  #kept = 0;

  /** Takes a record of the trace; 0 is no timestamp. */
  count(microseconds: number, thread: number): void {
    this.#count += 1;
    if (microseconds === 0) return;
    const last = this.#last.get(thread);
    if (last !== undefined && microseconds >= last) this.#gaps.add((microseconds - last) * 1000);
    if (last === undefined && this.#last.size >= THREADS) this.#last.clear();
    this.#last.set(thread, microseconds);
    if (this.#count - this.#kept > OFTEN) this.keep(BigInt(Math.round(microseconds * 1000)));
  }

  /** Notes how many records there are before the one that was counted last. */
  keep(timestamp: bigint): void {
    const before = this.#times.at(-1);
    this.#times.push(before !== undefined && before > timestamp ? before : timestamp);
    this.#kept = this.#count - 1;
    this.#ordinals.push(this.#kept);
  }

  /** What was measured; undefined where no record has a timestamp. */
  density(): TraceDensity | undefined {
    if (this.#last.size === 0) return undefined;
    const enough = this.#gaps.count >= ENOUGH;
    const perRecord = enough ? Math.round(this.#gaps.typicalOfDense()) : undefined;
    return { times: this.#times, ordinals: this.#ordinals, perRecord };
  }
}

/** Buckets per doubling: each is about 4 % wide. */
const FINENESS = 16;

/** Gaps between records, by their logarithm. */
class GapHistogram {
  readonly #buckets = new Uint32Array(64 * FINENESS);
  count = 0;

  add(gap: number): void {
    const bucket = gap < 1 ? 0 : 1 + Math.floor(Math.log2(gap) * FINENESS);
    this.#buckets[Math.min(bucket, this.#buckets.length - 1)]! += 1;
    this.count += 1;
  }

  /**
   * The gap between records that follow at once, so that nothing but writing them takes time: the
   * lower quartile. A clock may be too coarse for it; then it is the mean of the lower three.
   */
  typicalOfDense(): number {
    const quartile = this.#atRank(this.count / 4);
    return quartile > 0 ? quartile : this.#meanBelowRank((this.count * 3) / 4);
  }

  #atRank(rank: number): number {
    let passed = 0;
    const bucket = this.#buckets.findIndex((count) => {
      passed += count;
      return passed > rank;
    });
    return middleOf(bucket);
  }

  #meanBelowRank(rank: number): number {
    let left = rank;
    let sum = 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      const taken = Math.min(count, left);
      sum += taken * middleOf(bucket);
      left -= taken;
      if (left <= 0) break;
    }
    return sum / rank;
  }
}

function middleOf(bucket: number): number {
  return bucket <= 0 ? 0 : 2 ** ((bucket - 0.5) / FINENESS);
}
