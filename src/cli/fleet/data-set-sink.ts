import { readFile } from "node:fs/promises";
import { parquetReadObjects } from "hyparquet";
import { partitionOf } from "../../fleet/partition.js";
import type { RecordingPlace } from "../../fleet/recorded.js";
import type { Rows } from "../../fleet/schema.js";
import { tryFor, unreadable } from "../files.js";
import { createDataSet, type DataSet, tableFiles } from "./data-set.js";
import { clearAbandoned, writePart } from "./part.js";
import { RowBuffer } from "./row-buffer.js";
import type { FleetSink } from "./sink.js";

/** Rows that a thread holds back at most, in all partitions: some tens of megabytes. */
const MAX_ROWS = 100_000;
/** Partitions that are written at once. */
const AT_ONCE = 4;
/** Milliseconds after which they are written all the same: what a killed export loses. */
const MAX_AGE = 60_000;

/** Rows to Parquet files, in parts of many recordings each. */
export class DataSetSink implements FleetSink {
  readonly #dataSet: DataSet;
  readonly #known: Set<string>;
  readonly #leftOut: Set<string>;
  readonly #partitions = new Map<string, RowBuffer>();
  #size = 0;
  #begun = Date.now();

  private constructor(dataSet: DataSet, known: Set<string>, leftOut: Set<string>) {
    this.#dataSet = dataSet;
    this.#known = known;
    this.#leftOut = leftOut;
  }

  /** Opens or makes a data set. Throws `Failure`. */
  static async open(folder: string): Promise<DataSetSink> {
    const dataSet = await createDataSet(folder);
    tryFor(folder, () => clearAbandoned(dataSet));
    const { migrations, damage } = await tableFiles(dataSet);
    return new DataSetSink(dataSet, await recordingsIn(migrations), await recordingsIn(damage));
  }

  async has(recording: string): Promise<boolean> {
    return this.#known.has(recording);
  }

  async add(place: RecordingPlace, rows: Partial<Rows>): Promise<void> {
    // What was left out before is known to be; it has nothing but its damage.
    if (!rows.migrations && this.#leftOut.has(place.recording)) return;
    (rows.migrations ? this.#known : this.#leftOut).add(place.recording);
    const partition = partitionOf(place);
    const buffer = this.#partitions.get(partition) ?? new RowBuffer();
    this.#partitions.set(partition, buffer);
    const before = buffer.size;
    buffer.add(rows);
    this.#size += buffer.size - before;
    if (this.#size > MAX_ROWS) await this.#write(MAX_ROWS / 2);
    if (Date.now() - this.#begun > MAX_AGE) await this.close();
  }

  async close(): Promise<void> {
    await this.#write(0);
  }

  /** Writes partitions until no more than `left` rows are held: the largest first, for large files. */
  async #write(left: number): Promise<void> {
    const bySize = [...this.#partitions].sort(([, a], [, b]) => b.size - a.size).values();
    const writeNext = async () => {
      for (const [partition, { rows, size }] of bySize) {
        if (this.#size <= left) return;
        this.#partitions.delete(partition);
        this.#size -= size;
        await writePart(this.#dataSet, partition, rows);
      }
    };
    // Most of the time goes by until a disk has taken a file: others can be made meanwhile.
    await Promise.all(Array.from({ length: AT_ONCE }, writeNext)).catch((error: unknown) => {
      throw unreadable(this.#dataSet.folder, error);
    });
    this.#begun = Date.now();
  }
}

/** The recordings that Parquet files have rows of. */
async function recordingsIn(files: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const file of files) {
    try {
      const { buffer, byteOffset, byteLength } = await readFile(file);
      const rows = await parquetReadObjects({
        file: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer,
        columns: ["recording"],
      });
      for (const row of rows) found.add(String(row.recording));
    } catch (error) {
      throw unreadable(file, error);
    }
  }
  return found;
}
