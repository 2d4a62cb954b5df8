import { closeSync, constants, writeFileSync } from "node:fs";
import type { EventModel } from "../../model/event-model.js";
import { ByteOutput } from "../../traces/print/byte-output.js";
import type { RecordCursor } from "../../traces/record-cursor.js";
import { tryFor } from "../files.js";
import type { OutputFolder } from "../outputs/output-folder.js";
import { ColumnStock } from "./parquet/column-stock.js";
import { ParquetFile } from "./parquet/file.js";
import { HeldRows } from "./parquet/held-rows.js";
import { heldIn, takeRowGroup } from "./parquet/row-group.js";
import type { Put, RecordSink } from "./record-sink.js";
import { csvRow, eventCells, eventColumns, type Row, type TableColumn } from "./record-table.js";

/** Bytes that wait in tables at most. */
const HELD = 1 << 23;
/** The same for many Parquet files: each of their row groups is told of in memory until the end. */
const HELD_GROUPS = 1 << 24;
/** A row group ends, too, where so many bytes wait in its columns. */
const GROUP_BYTES = 1 << 23;

/** A table that is written as its rows come. */
interface Table {
  /** About how many bytes wait. */
  readonly held: number;
  readonly add: (row: Row) => void;
  readonly write: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** A Parquet table for each event, with a column for each argument: `FOLDER/EVENT.parquet`. */
export function parquetTables(folder: OutputFolder, clock: () => string): RecordSink {
  const stock = new ColumnStock();
  return tableSink(HELD_GROUPS, (event) => {
    const put = appender(folder, `${event.name}.parquet`);
    return parquetTable(eventColumns(event), stock, clock, put);
  });
}

function parquetTable(
  columns: readonly TableColumn[],
  stock: ColumnStock,
  clock: () => string,
  put: Put,
): Table {
  const rows = new HeldRows(columns);
  const file = new ParquetFile(columns, clock, put);
  const write = async () => {
    const own = stock.columnsFor(columns);
    const endGroup = async () => {
      const group = takeRowGroup(own);
      if (group) await file.append(group);
    };
    await rows.take(own, async () => {
      if (heldIn(own) >= GROUP_BYTES) await endGroup();
    });
    await endGroup();
  };
  return {
    get held() {
      return rows.size;
    },
    add: (row) => rows.add(row),
    write,
    async end() {
      await write();
      await file.end();
    },
  };
}

/** A table of comma-separated values for each event: `FOLDER/EVENT.csv`. */
export function csvTables(folder: OutputFolder, safe: boolean): RecordSink {
  return tableSink(HELD, (event) =>
    csvTable(eventColumns(event), safe, appender(folder, `${event.name}.csv`)),
  );
}

function csvTable(columns: readonly TableColumn[], safe: boolean, put: Put): Table {
  const output = new ByteOutput();
  output.text(`${csvRow(columns.map(({ name }) => name))}\n`);
  const write = () => put(output.take());
  return {
    get held() {
      return output.length;
    },
    add: (row) => output.text(`${csvRow(row, safe)}\n`),
    write,
    end: write,
  };
}

/**
 * Writes a file in a folder piece by piece, made when there is something to write. It holds the file
 * open at no time: there may be thousands.
 */
function appender(folder: OutputFolder, name: string): Put {
  let made = false;
  return async (piece) => {
    const flags = constants.O_WRONLY | constants.O_APPEND;
    const handle = made ? folder.reopen(name, flags) : folder.create(name, flags);
    made = true;
    try {
      tryFor(folder.pathOf(name), () => writeFileSync(handle, piece));
    } finally {
      closeSync(handle);
    }
  };
}

/** A table for each event, made when its first record comes. */
function tableSink(most: number, make: (event: EventModel) => Table): RecordSink {
  const tables = new Map<EventModel, Table>();
  let held = 0;
  const tableOf = (event: EventModel): Table => {
    const known = tables.get(event);
    if (known) return known;
    const made = make(event);
    tables.set(event, made);
    held += made.held;
    return made;
  };
  /** The largest tables go first: small ones would be cut into tiny pieces. */
  const write = async () => {
    for (const table of [...tables.values()].sort((a, b) => b.held - a.held)) {
      if (held < most / 2) return;
      held -= table.held;
      await table.write();
    }
  };
  return {
    add(cursor: RecordCursor) {
      const { event } = cursor;
      if (!event) return;
      const table = tableOf(event);
      const before = table.held;
      table.add(eventCells(cursor, event));
      held += table.held - before;
    },
    get full() {
      return held >= most;
    },
    write,
    endBlock: async () => {},
    async end() {
      for (const table of tables.values()) await table.end();
    },
  };
}
