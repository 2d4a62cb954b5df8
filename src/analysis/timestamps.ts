import type { EventRecord } from "../traces/record.js";

/** A side's records, ready to be compared by their timestamps. */
export interface ClockedRecords {
  readonly records: readonly EventRecord[];
  /** Whether the timestamps are times; else they only count the records. */
  readonly timed: boolean;
  /** Records that were left out: they have no timestamp, and others have one. */
  readonly untimed: number;
}

/**
 * Makes a trace comparable by timestamps. QEMU before 10.2 writes none into its log without
 * `-msg timestamp=on`: the records' order then stands in for time, and no time may be shown. Single
 * records without one, among others that have one, cannot be placed.
 */
export function clocked(records: readonly EventRecord[]): ClockedRecords {
  const timed = records.filter(({ timestamp }) => timestamp !== 0n);
  if (timed.length > 0 || records.length === 0) {
    return { records: timed, timed: true, untimed: records.length - timed.length };
  }
  // A record may be of a class whose getters a spread would lose.
  const counted = records.map(
    (record, index): EventRecord =>
      Object.create(record, { timestamp: { value: BigInt(index + 1), enumerable: true } }),
  );
  return { records: counted, timed: false, untimed: 0 };
}
