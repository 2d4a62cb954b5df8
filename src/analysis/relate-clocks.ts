import type { EventRecord } from "../traces/record.js";
import type { Mark } from "./mark.js";
import type { PageRequest } from "./page-requests.js";

/**
 * How the destination's clock stands to the source's. What is sent is sent before it is read: that
 * bounds the destination's lead from above; what comes back on the return path, from below.
 */
export interface ClockRelation {
  /**
   * `one`: both traces fit one clock, as of one machine; `two`: they fit two clocks that the line
   * below relates; `broken`: no two steady clocks fit, so a trace is not of this run, or a clock
   * was set in between.
   */
  readonly verdict: "one" | "two" | "broken";
  /** Nanoseconds by which the destination is ahead at `reference`; 0 for one clock. */
  readonly offset: bigint;
  /** How far off `offset` can be, by causality; without a return path there is no lower bound. */
  readonly lower: bigint | undefined;
  readonly upper: bigint | undefined;
  /** Parts per million by which the destination's clock is faster. */
  readonly drift: number;
  /** The moment of the source's clock for which the offsets are told. */
  readonly reference: bigint;
  /** Of a `broken` relation: the moment around which causality is contradicted most. */
  readonly contradiction: bigint | undefined;
}

/** The offset is at most, or at least, `offset` nanoseconds at a moment of the source's clock. */
interface Bound {
  /** Nanoseconds since the reference. */
  readonly at: number;
  /** Nanoseconds above the reference offset. */
  readonly offset: number;
}

/** Clocks of computers drift by some tens of ppm; more than this is no drift. */
const MAX_DRIFT = 200;

/**
 * Relates the clocks by pairs of marks of the same item (`[sent, read]`), by the answers that came
 * back, and by the requests of postcopy, whose pages came back in turn; undefined without any.
 */
export function relateClocks(
  pairs: readonly (readonly [source: Mark, destination: Mark])[],
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
  requests: readonly PageRequest[] = [],
): ClockRelation | undefined {
  const { pages, asked } = requestBounds(requests);
  const sent = [
    ...pairs.map(([from, to]) => ({ source: from.start, destination: to.end })),
    ...pages,
  ];
  const answered = [...answers(source, destination), ...asked];
  const first = sent[0] ?? answered[0];
  if (!first) return undefined;
  const reference = first.source;
  const base = first.destination - first.source;
  const bound = ({ source: from, destination: to }: Causality): Bound => ({
    at: Number(from - reference),
    offset: Number(to - from - base),
  });
  const fit = fitLine(answered.map(bound), sent.map(bound), Number(-base));
  const toOffset = (value: number) =>
    Number.isFinite(value) ? base + BigInt(Math.round(value)) : undefined;
  return {
    verdict: fit.verdict,
    offset: fit.verdict === "one" ? 0n : (toOffset(fit.offset) ?? base),
    lower: toOffset(fit.lower),
    upper: toOffset(fit.upper),
    drift: fit.drift,
    reference,
    contradiction:
      fit.contradiction === undefined
        ? undefined
        : reference + BigInt(Math.round(fit.contradiction)),
  };
}

/** A moment of the destination's clock on the source's. */
export function toSourceClock(relation: ClockRelation | undefined, time: bigint): bigint {
  if (!relation) return time;
  const { offset, drift, reference } = relation;
  const shifted = time - offset;
  if (drift === 0) return shifted;
  return shifted - BigInt(Math.round((Number(shifted - reference) * drift) / (1e6 + drift)));
}

interface Causality {
  readonly source: bigint;
  readonly destination: bigint;
}

/** PONGs and the final SHUT: sent by the destination, seen by the source, in the same order. */
function answers(source: readonly EventRecord[], destination: readonly EventRecord[]): Causality[] {
  const names = [
    ["loadvm_process_command_ping", "source_return_path_thread_pong"],
    ["process_incoming_migration_co_end", "source_return_path_thread_shut"],
  ] as const;
  return names.flatMap(([sent, seen]) => {
    const sends = destination.filter((record) => record.name === sent);
    const sights = source.filter((record) => record.name === seen);
    if (sends.length !== sights.length) return [];
    return sends.map((record, index) => ({
      source: sights[index]!.timestamp,
      destination: record.timestamp,
    }));
  });
}

/**
 * A page that was sent because it was asked for left before it came; one may also have been on its
 * way already, as far as preempt tells. It was asked for before the source knew.
 */
function requestBounds(requests: readonly PageRequest[]) {
  const pages: Causality[] = [];
  const asked: Causality[] = [];
  for (const { faulted, received, served, arrived, via, sentBefore } of requests) {
    if (via === "queue" && !sentBefore && served !== undefined && arrived !== undefined) {
      pages.push({ source: served, destination: arrived });
    }
    if (faulted !== undefined && received !== undefined) {
      asked.push({ source: received, destination: faulted });
    }
  }
  return { pages, asked };
}

interface LineFit extends Pick<ClockRelation, "verdict" | "drift"> {
  readonly offset: number;
  readonly lower: number;
  readonly upper: number;
  readonly contradiction: number | undefined;
}

/**
 * A line above all lower and below all upper bounds: one clock (offset `same`, no drift) if that
 * fits, else no drift if that fits, else the drift that leaves most room.
 */
function fitLine(lowers: readonly Bound[], uppers: readonly Bound[], same: number): LineFit {
  const steady = room(lowers, uppers, 0);
  if (steady.lower <= same && same <= steady.upper) {
    return { verdict: "one", drift: 0, offset: same, ...steady, contradiction: undefined };
  }
  const drift = steady.lower <= steady.upper ? 0 : widestDrift(lowers, uppers);
  const { lower, upper } = drift === 0 ? steady : room(lowers, uppers, drift);
  const offset = middle(lower, upper);
  if (lower <= upper) {
    return { verdict: "two", drift, offset, lower, upper, contradiction: undefined };
  }
  const tightest = uppers.find((bound) => bound.offset - (drift / 1e6) * bound.at === upper);
  return { verdict: "broken", drift, offset, lower, upper, contradiction: tightest?.at };
}

/** What is left for the offset at the reference, if the clocks drift by so much. */
function room(lowers: readonly Bound[], uppers: readonly Bound[], drift: number) {
  const slope = drift / 1e6;
  let lower = Number.NEGATIVE_INFINITY;
  let upper = Number.POSITIVE_INFINITY;
  for (const { at, offset } of lowers) lower = Math.max(lower, offset - slope * at);
  for (const { at, offset } of uppers) upper = Math.min(upper, offset - slope * at);
  return { lower, upper };
}

/** The room is a concave function of the drift: its top is found by halving the range in thirds. */
function widestDrift(lowers: readonly Bound[], uppers: readonly Bound[]): number {
  let [left, right] = [-MAX_DRIFT, MAX_DRIFT];
  const width = (drift: number) => {
    const { lower, upper } = room(lowers, uppers, drift);
    return upper - lower;
  };
  for (let step = 0; step < 60; step++) {
    const third = (right - left) / 3;
    if (width(left + third) < width(right - third)) left += third;
    else right -= third;
  }
  return (left + right) / 2;
}

function middle(lower: number, upper: number): number {
  if (!Number.isFinite(lower)) return upper;
  return Number.isFinite(upper) ? (lower + upper) / 2 : lower;
}
