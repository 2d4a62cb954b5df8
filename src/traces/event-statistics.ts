import type { RecordCursor } from "./record-cursor.js";

/** What the records of one event come to. */
export interface EventStatistics {
  readonly name: string;
  readonly count: number;
  /** Timestamps of the first and the last record, in the trace's order, nanoseconds. */
  readonly first: bigint;
  readonly last: bigint;
  /** Records a second between the first and the last; undefined where they tell no time between. */
  readonly rate: number | undefined;
  /** What the records take in the trace, their heads included. */
  readonly bytes: number;
}

interface Tally {
  count: number;
  first: bigint;
  last: bigint;
  bytes: number;
}

/** Counts records by their events; raw records are counted by the name that the trace gives them. */
export class StatisticsCounter {
  readonly #tallies = new Map<string, Tally>();
  /** The same by `RecordCursor.key`: no name is looked up twice. */
  readonly #byKey: Tally[] = [];

  /** Counts the record that a cursor stands at. All records must be of one trace. */
  count(cursor: RecordCursor): void {
    const { key } = cursor;
    const tally = (key < 0 ? undefined : this.#byKey[key]) ?? this.#tallyOf(cursor);
    if (!tally) return;
    tally.count++;
    tally.last = cursor.timestamp;
    tally.bytes += cursor.size;
  }

  /** Each event's statistics, the most frequent first. */
  statistics(): EventStatistics[] {
    return [...this.#tallies]
      .map(([name, tally]) => ({ name, ...tally, rate: rateOf(tally) }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  }

  /** None for what is no event's record, such as a line of other origin. */
  #tallyOf({ type, name, key, timestamp }: RecordCursor): Tally | undefined {
    if (type !== "event" && type !== "raw") return undefined;
    const tally = this.#tallies.get(name) ?? { count: 0, first: timestamp, last: 0n, bytes: 0 };
    this.#tallies.set(name, tally);
    if (key >= 0) this.#byKey[key] = tally;
    return tally;
  }
}

function rateOf({ count, first, last }: Tally): number | undefined {
  const span = Number(last - first);
  return count > 1 && span > 0 ? ((count - 1) * 1e9) / span : undefined;
}
