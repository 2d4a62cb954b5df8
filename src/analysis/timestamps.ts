import type { EventRecord } from "../traces/record.js";

/** A side's records, ready to be compared by their timestamps. */
export interface ClockedRecords {
  readonly records: readonly EventRecord[];
  /** Whether the timestamps are times; else they only count the records. */
  readonly timed: boolean;
  /** Records that were left out: they have no timestamp, and others have one. */
  readonly untimed: number;
  /** Nanoseconds: 1 ms or 1 s where all timestamps are whole ones of these, else 0. */
  readonly resolution: bigint;
  /** The newest records are first: the order says nothing, and no time is trusted. */
  readonly reversed: boolean;
}

const SECOND = 1_000_000_000n;
const MILLISECOND = 1_000_000n;
/** Fewer records can have whole seconds by chance. */
const ENOUGH = 3;

/**
 * Makes a trace comparable by timestamps. QEMU before 10.2 writes none into its log without
 * `-msg timestamp=on`: the records' order then stands in for time, and no time may be shown. Single
 * records without one, among others that have one, cannot be placed.
 */
export function clocked(records: readonly EventRecord[]): ClockedRecords {
  const timed = records.some(hasNoTimestamp)
    ? records.filter((record) => !hasNoTimestamp(record))
    : records;
  const resolution = resolutionOf(timed);
  const reversed = isReversed(timed);
  // Of whole seconds no interval of a migration is known.
  const isTimed = timed.length > 0 && resolution < SECOND && !reversed;
  if (isTimed || records.length === 0) {
    const untimed = records.length - timed.length;
    return { records: timed, timed: true, untimed, resolution, reversed };
  }
  // A record may be of a class whose getters a spread would lose.
  const counted = records.map(
    (record, index): EventRecord =>
      Object.create(record, { timestamp: { value: BigInt(index + 1), enumerable: true } }),
  );
  return { records: counted, timed: false, untimed: 0, resolution, reversed };
}

function hasNoTimestamp({ timestamp }: EventRecord): boolean {
  return timestamp === 0n;
}

function resolutionOf(records: readonly EventRecord[]): bigint {
  if (records.length < ENOUGH) return 0n;
  const areWhole = (unit: bigint) => records.every(({ timestamp }) => timestamp % unit === 0n);
  return [SECOND, MILLISECOND].find(areWhole) ?? 0n;
}

/**
 * Whether most timestamps step back: the lines are in reverse order. Those of several threads may step
 * back by a second: each takes its time before it waits for the log.
 */
function isReversed(records: readonly EventRecord[]): boolean {
  let steps = 0;
  let before: bigint | undefined;
  for (const { timestamp } of records) {
    if (before !== undefined && timestamp < before) steps += 1;
    before = timestamp;
  }
  return steps >= ENOUGH && steps * 2 > records.length;
}
