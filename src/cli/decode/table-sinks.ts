import type { EventModel } from "../../model/event-model.js";
import { ByteOutput } from "../../traces/print/byte-output.js";
import type { RecordCursor } from "../../traces/record-cursor.js";
import { appender } from "./output-file.js";
import { ParquetColumn } from "./parquet/column.js";
import { ParquetFile } from "./parquet/file.js";
import { takeRowGroup } from "./parquet/row-group.js";
import type { Put, RecordSink } from "./record-sink.js";
import { csvRow, eventCells, eventColumns, type Row, type TableColumn } from "./record-table.js";

/** Bytes that wait in tables at most, and what a waiting row costs beside. */
const HELD = 1 << 23;
const ROW = 32;
/** The same for many Parquet files: each of their row groups is told of in memory until the end. */
const HELD_GROUPS = 1 << 25;

/** A table that is written as its rows come. */
interface Table {
  readonly add: (row: Row) => void;
  readonly write: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** A Parquet table for each event, with a column for each argument: `FOLDER/EVENT.parquet`. */
export function parquetTables(folder: string, clock: () => string): RecordSink {
  return tableSink(HELD_GROUPS, (event) => {
    const put = appender(folder, `${event.name}.parquet`);
    return parquetTable(eventColumns(event), clock, put);
  });
}

function parquetTable(columns: readonly TableColumn[], clock: () => string, put: Put): Table {
  const own = columns.map((column) => new ParquetColumn(column));
  const file = new ParquetFile(columns, clock, put);
  const write = async () => {
    const group = takeRowGroup(own);
    if (group) await file.append(group);
  };
  return {
    add(row) {
      for (const [index, column] of own.entries()) column.add(row[index] ?? null);
    },
    write,
    async end() {
      await write();
      await file.end();
    },
  };
}

/** A table of comma-separated values for each event: `FOLDER/EVENT.csv`. */
export function csvTables(folder: string): RecordSink {
  return tableSink(HELD, (event) =>
    csvTable(eventColumns(event), appender(folder, `${event.name}.csv`)),
  );
}

function csvTable(columns: readonly TableColumn[], put: Put): Table {
  const output = new ByteOutput();
  output.text(`${csvRow(columns.map(({ name }) => name))}\n`);
  const write = () => put(output.take());
  return {
    add: (row) => output.text(`${csvRow(row)}\n`),
    write,
    end: write,
  };
}

interface HeldTable {
  readonly table: Table;
  held: number;
}

/** A table for each event, made when its first record comes. */
function tableSink(most: number, make: (event: EventModel) => Table): RecordSink {
  const tables = new Map<EventModel, HeldTable>();
  let held = 0;
  const tableOf = (event: EventModel): HeldTable => {
    const known = tables.get(event);
    if (known) return known;
    const made = { table: make(event), held: 0 };
    tables.set(event, made);
    return made;
  };
  /** The largest tables go first: small ones would be cut into tiny pieces. */
  const write = async () => {
    for (const target of [...tables.values()].sort((a, b) => b.held - a.held)) {
      if (held < most / 2) return;
      await target.table.write();
      held -= target.held;
      target.held = 0;
    }
  };
  return {
    add(cursor: RecordCursor) {
      const record = cursor.record();
      if (record.type !== "event") return;
      const target = tableOf(record.event);
      target.table.add(eventCells(record));
      target.held += ROW + cursor.size;
      held += ROW + cursor.size;
    },
    get full() {
      return held >= most;
    },
    write,
    endBlock: async () => {},
    async end() {
      for (const { table } of tables.values()) await table.end();
    },
  };
}
