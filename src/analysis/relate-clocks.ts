import type { EventRecord } from "../traces/record.js";
import type { Mark } from "./mark.js";

/**
 * How far the destination's clock is ahead of the source's, in nanoseconds. What is sent is sent
 * before it is read: that bounds the offset from above; what the return path answers bounds it
 * from below.
 */
export interface ClockRelation {
  /** The offset that the account uses: 0 if causality allows it, else the middle of the bounds. */
  readonly offset: bigint;
  readonly lower: bigint | undefined;
  readonly upper: bigint | undefined;
  /** `one`: both traces fit one clock, as of one machine; `two`: they do not; `broken`: the bounds contradict each other. */
  readonly verdict: "one" | "two" | "broken";
}

/** A thing that happened at one side before another at the other. */
interface Bound {
  readonly source: bigint;
  readonly destination: bigint;
}

/**
 * Relates the clocks by pairs of marks of the same item, and by the answers that came back.
 * `pairs` hold the source's and the destination's mark of an item.
 */
export function relateClocks(
  pairs: readonly (readonly [source: Mark, destination: Mark])[],
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
): ClockRelation {
  const sentBeforeRead = pairs.map(
    ([sent, read]): Bound => ({ source: sent.start, destination: read.end }),
  );
  const answered = answers(source, destination);
  const upper = smallest(sentBeforeRead.map((bound) => bound.destination - bound.source));
  const lower = largest(answered.map((bound) => bound.destination - bound.source));
  return { ...judge(lower, upper), lower, upper };
}

function judge(
  lower: bigint | undefined,
  upper: bigint | undefined,
): Pick<ClockRelation, "offset" | "verdict"> {
  if ((lower ?? 0n) <= 0n && (upper ?? 0n) >= 0n) return { offset: 0n, verdict: "one" };
  if (lower === undefined || upper === undefined) {
    return { offset: lower ?? upper ?? 0n, verdict: "two" };
  }
  return { offset: (lower + upper) / 2n, verdict: lower <= upper ? "two" : "broken" };
}

/** PONGs and the final SHUT: sent by the destination, seen by the source, in the same order. */
function answers(source: readonly EventRecord[], destination: readonly EventRecord[]): Bound[] {
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

function smallest(values: readonly bigint[]): bigint | undefined {
  return values.reduce<bigint | undefined>(
    (least, value) => (least === undefined || value < least ? value : least),
    undefined,
  );
}

function largest(values: readonly bigint[]): bigint | undefined {
  const least = smallest(values.map((value) => -value));
  return least === undefined ? undefined : -least;
}
