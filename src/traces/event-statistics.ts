import type { RecordCursor } from "./record-cursor.js";

/** What the records of one event come to. */
export interface EventStatistics {
  readonly name: string;
  readonly count: number;
  /** Nanoseconds of the first and the last record that have a timestamp, in the trace's order. */
  readonly first: bigint | undefined;
  readonly last: bigint | undefined;
  /** Records per second between the first and the last; undefined where no time lies between them. */
  readonly rate: number | undefined;
  /** What the records take in the trace, their heads included. */
  readonly bytes: number;
}

interface Tally {
  count: number;
  first: bigint | undefined;
  last: bigint | undefined;
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
    const { timestamp } = cursor;
    if (timestamp !== 0n) {
      tally.first ??= timestamp;
      tally.last = timestamp;
    }
    tally.bytes += cursor.size;
  }

  /** Each event's statistics, the most frequent first. */
  statistics(): EventStatistics[] {
    return [...this.#tallies]
      .map(([name, tally]) => ({ name, ...tally, rate: rateOf(tally) }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  }

  /** None for what is no event's record, such as a line of other origin. */
  #tallyOf({ type, name, key }: RecordCursor): Tally | undefined {
    if (type !== "event" && type !== "raw") return undefined;
    const tally = this.#tallies.get(name) ?? newTally();
    this.#tallies.set(name, tally);
    if (key >= 0) this.#byKey[key] = tally;
    return tally;
  }
}

function newTally(): Tally {
  return { count: 0, first: undefined, last: undefined, bytes: 0 };
}

function rateOf({ count, first, last }: Tally): number | undefined {
  if (first === undefined || last === undefined) return undefined;
  const span = Number(last - first);
  return count > 1 && span > 0 ? ((count - 1) * 1e9) / span : undefined;
}
