import type { EventRecord } from "../traces/record.js";
import { type Mark, numberArgument } from "./mark.js";
import type { PageRequest } from "./page-requests.js";

/**
 * How the destination's clock stands to the source's. What is sent is sent before it is read: that
 * bounds the destination's lead from above; what comes back on the return path, from below.
 */
export interface ClockRelation {
  /**
   * `given`: the caller stated the offset, and causality allows it; `one`: an offset of 0 is within
   * the bounds, as on one machine; `two`: another offset is; `unknown`: one of the bounds is missing,
   * so nothing that crosses the sides has a value; `broken`: no two steady clocks fit, so a trace is
   * not of this run, or a clock was set during it.
   */
  readonly verdict: "given" | "one" | "two" | "unknown" | "broken";
  /**
   * Nanoseconds by which the destination is taken to be ahead at `reference`. Of an `unknown` or
   * `broken` relation it only places the destination's times in pictures.
   */
  readonly offset: bigint;
  /**
   * The smallest and the largest offset at `reference` that causality allows, whatever the drift up to
   * 200 ppm; equal to `offset` where it was given. Undefined where nothing bounds it.
   */
  readonly lower: bigint | undefined;
  readonly upper: bigint | undefined;
  /** Parts per million by which the destination's clock is faster. */
  readonly drift: number;
  /** Nanoseconds of the source's clock: the time at which the bounds hold. */
  readonly reference: bigint;
  /** Of a `broken` relation: the time around which causality is contradicted most. */
  readonly contradiction: bigint | undefined;
}

/** What is known of the clocks besides the traces. */
export interface ClockKnowledge {
  /** The time for which the bounds are wanted, such as the guest's stop; the first event by default. */
  readonly reference?: bigint | undefined;
  /** Nanoseconds by which the destination's clock is ahead; 0 for traces of one machine. */
  readonly given?: bigint | undefined;
  /** Nanoseconds to which times are known, where a trace has coarse ones; else 0. */
  readonly resolution?: bigint | undefined;
}

/** The offset is at most, or at least, `offset` nanoseconds at a time of the source's clock. */
interface Bound {
  /** Nanoseconds since the reference. */
  readonly at: number;
  /** Nanoseconds above the base offset. */
  readonly offset: number;
}

/** Parts per million. Clocks of computers drift by some tens; more than this is something else. */
export const MAX_DRIFT = 200;

/**
 * Relates the clocks by pairs of marks of the same item (`[sent, read]`), by the answers that came
 * back, and by the requests of postcopy, whose pages came back in turn; undefined without any of
 * these, where no offset is given either.
 */
export function relateClocks(
  pairs: readonly (readonly [source: Mark, destination: Mark])[],
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
  requests: readonly PageRequest[] = [],
  { reference: wanted, given, resolution = 0n }: ClockKnowledge = {},
): ClockRelation | undefined {
  const { pages, asked } = requestBounds(requests);
  const sent = [
    ...pairs.map(([from, to]) => ({ source: from.start, destination: to.end })),
    ...pages,
  ];
  const answered = [...answers(source, destination), ...asked];
  const first = sent[0] ?? answered[0];
  if (!first) return given === undefined ? undefined : stated(given, wanted ?? 0n);
  const reference = wanted ?? first.source;
  const base = first.destination - first.source;
  const bound = ({ source: from, destination: to }: Causality, by: bigint): Bound => ({
    at: Number(from - reference),
    offset: Number(to - from - base + by),
  });
  // Coarse times are cut off, by less than the resolution.
  const lowers = answered.map((causality) => bound(causality, -resolution));
  const uppers = sent.map((causality) => bound(causality, resolution));
  if (given !== undefined) {
    const contradicting = contradictionOf(lowers, uppers, Number(given - base));
    if (contradicting === undefined) return stated(given, reference);
    const contradiction = reference + BigInt(Math.round(contradicting.at));
    return { ...stated(given, reference), verdict: "broken", contradiction };
  }
  const fit = fitLine(lowers, uppers, Number(-base));
  const { lower, upper } = outerBounds(lowers, uppers);
  const toOffset = (value: number) =>
    Number.isFinite(value) ? base + BigInt(Math.round(value)) : undefined;
  return {
    verdict: fit.verdict,
    offset: fit.same ? 0n : (toOffset(fit.offset) ?? base),
    lower: toOffset(lower),
    upper: toOffset(upper),
    drift: fit.drift,
    reference,
    contradiction:
      fit.contradiction === undefined
        ? undefined
        : reference + BigInt(Math.round(fit.contradiction)),
  };
}

function stated(offset: bigint, reference: bigint): ClockRelation {
  return {
    ...{ verdict: "given", offset, lower: offset, upper: offset },
    ...{ drift: 0, reference, contradiction: undefined },
  };
}

/** A bound that an offset does not keep, the one that it is furthest from. */
function contradictionOf(
  lowers: readonly Bound[],
  uppers: readonly Bound[],
  offset: number,
): Bound | undefined {
  let worst: Bound | undefined;
  let excess = 0;
  const look = (bound: Bound, by: number) => {
    if (by <= excess) return;
    excess = by;
    worst = bound;
  };
  for (const bound of lowers) look(bound, bound.offset - offset);
  for (const bound of uppers) look(bound, offset - bound.offset);
  return worst;
}

/**
 * Nanoseconds from a time of the source's clock to one of the destination's: the value by the
 * relation's estimate, and within which bounds it lies. Nothing is known without both clocks.
 */
export interface BoundedDuration {
  readonly value: bigint | undefined;
  readonly lower: bigint | undefined;
  readonly upper: bigint | undefined;
}

/** How long it took from a time of the source's clock to one of the destination's own clock. */
export function spanAcross(
  relation: ClockRelation | undefined,
  from: bigint,
  to: bigint,
): BoundedDuration {
  if (!relation || relation.verdict === "broken") {
    return { value: undefined, lower: undefined, upper: undefined };
  }
  const { verdict, lower, upper } = relation;
  return {
    value: verdict === "unknown" ? undefined : toSourceClock(relation, to) - from,
    lower: upper === undefined ? undefined : to - upper - from,
    upper: lower === undefined ? undefined : to - lower - from,
  };
}

/** Whether times of the two sides can be compared, within the relation's bounds. */
export function isRelated(relation: ClockRelation | undefined): relation is ClockRelation {
  return relation !== undefined && relation.verdict !== "unknown" && relation.verdict !== "broken";
}

/** A time of the destination's clock on the source's, by the relation's estimate. */
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

/**
 * PONGs and the final SHUT: sent by the destination before the source sees them. A PONG repeats its
 * PING's value, by which those belong together whose counterparts were lost from neither trace.
 */
function answers(source: readonly EventRecord[], destination: readonly EventRecord[]): Causality[] {
  return [
    ...byValue(
      destination.filter(({ name }) => name === "loadvm_process_command_ping"),
      source.filter(({ name }) => name === "source_return_path_thread_pong"),
      (record) => numberArgument(record, "val"),
    ),
    ...byValue(
      destination.filter(({ name }) => name === "process_incoming_migration_co_end"),
      source.filter(({ name }) => name === "source_return_path_thread_shut"),
      () => 0,
    ),
  ];
}

function byValue(
  sends: readonly EventRecord[],
  sights: readonly EventRecord[],
  value: (record: EventRecord) => number | undefined,
): Causality[] {
  return [...new Set(sends.map(value))].flatMap((key) => {
    const sent = sends.filter((record) => value(record) === key);
    const seen = sights.filter((record) => value(record) === key);
    if (sent.length !== seen.length) return [];
    return sent.map((record, index) => ({
      source: seen[index]!.timestamp,
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
  /** Whether an offset of 0 is taken. */
  readonly same: boolean;
  readonly contradiction: number | undefined;
}

/**
 * A line above all lower and below all upper bounds: one clock (offset `same`, no drift) if that
 * fits, else no drift if that fits, else the drift that leaves most room. Without bounds of both
 * kinds no line is known.
 */
function fitLine(lowers: readonly Bound[], uppers: readonly Bound[], same: number): LineFit {
  const known = lowers.length > 0 && uppers.length > 0;
  const steady = room(lowers, uppers, 0);
  if (steady.lower <= same && same <= steady.upper) {
    const verdict = known ? "one" : "unknown";
    return { verdict, drift: 0, offset: same, same: true, contradiction: undefined };
  }
  const drift = steady.lower <= steady.upper ? 0 : widestDrift(lowers, uppers);
  const { lower, upper } = drift === 0 ? steady : room(lowers, uppers, drift);
  const offset = middle(lower, upper);
  if (lower <= upper) {
    const verdict = known ? "two" : "unknown";
    return { verdict, drift, offset, same: false, contradiction: undefined };
  }
  const tightest = uppers.find((bound) => bound.offset - (drift / 1e6) * bound.at === upper);
  return { verdict: "broken", drift, offset, same: false, contradiction: tightest?.at };
}

/** The bounds of the offset at the reference, each widened by how far the clocks may drift until then. */
function outerBounds(lowers: readonly Bound[], uppers: readonly Bound[]) {
  const slack = ({ at }: Bound) => (MAX_DRIFT / 1e6) * Math.abs(at);
  let lower = Number.NEGATIVE_INFINITY;
  let upper = Number.POSITIVE_INFINITY;
  for (const bound of lowers) lower = Math.max(lower, bound.offset - slack(bound));
  for (const bound of uppers) upper = Math.min(upper, bound.offset + slack(bound));
  return { lower, upper };
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
