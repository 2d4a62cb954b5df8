import { ParquetFile } from "./parquet/file.js";
import { RecordColumns } from "./parquet/record-columns.js";
import type { RowGroup } from "./parquet/row-group.js";
import type { Put, RecordSink } from "./record-sink.js";
import { recordColumns } from "./record-table.js";
import { alone, type Turns } from "./turns.js";

/** Rows of a row group. Readers skip whole groups by their bounds, and want them large. */
const GROUP_ROWS = 1 << 17;
/** It ends behind so many bytes of the trace, too: what is made of them waits in memory. */
const GROUP_BYTES = 1 << 23;

/** One Parquet table for all records. `clock` tells what their timestamps count from. */
export function parquetSink(put: Put, clock: () => string, turns: Turns = alone): RecordSink {
  return rowGroupSink(new ParquetFile(recordColumns, clock, put), turns);
}

/** Where row groups go: the file, or the thread that writes it. */
export interface RowGroups {
  append(group: RowGroup): Promise<void>;
  end(): Promise<void>;
}

/**
 * Makes row groups of records. Threads take turns in them: each counts all rows, so that all know where
 * a group ends, and puts those of its own groups into columns.
 */
export function rowGroupSink(groups: RowGroups, turns: Turns): RecordSink {
  const columns = new RecordColumns();
  let turn = 0;
  let isMine = turns.isMine(turn);
  let rows = 0;
  let bytes = 0;
  const isFull = () => rows >= GROUP_ROWS || bytes >= GROUP_BYTES;
  const endGroup = async () => {
    const group = columns.take();
    if (group) await groups.append(group);
    await turns.end(turn, (other: RowGroup) => groups.append(other));
    isMine = turns.isMine(++turn);
    rows = 0;
    bytes = 0;
  };
  const write = async () => {
    if (isFull()) await endGroup();
  };
  return {
    add(cursor) {
      if (isMine) columns.add(cursor);
      rows++;
      bytes += cursor.size;
    },
    get full() {
      return isFull();
    },
    write,
    endBlock: write,
    async end() {
      if (rows > 0) await endGroup();
      await groups.end();
    },
  };
}
