/** The version of the tables below; a data set of another one is not read. */
export const SCHEMA_VERSION = 3;

/** What a column holds: text; a whole number below 2^63; yes or no; milliseconds since 1970 (UTC). */
export type ColumnType = "string" | "int64" | "boolean" | "timestamp";

/** A column of a table. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether a row may leave it out. */
  readonly nullable: boolean;
  readonly about: string;
}

/** A table: what a row of it is, and the columns that tell its rows apart. */
export interface Table {
  readonly about: string;
  readonly key: readonly string[];
  readonly columns: readonly Column[];
}

function column<N extends string, T extends ColumnType>(name: N, type: T, about: string) {
  return { name, type, nullable: false, about } as const;
}

/** A column that a row may leave out. */
function maybe<N extends string, T extends ColumnType>(name: N, type: T, about: string) {
  return { name, type, nullable: true, about } as const;
}

const recording = column("recording", "string", "the migration: a hash of its stream and traces");
const side = column("side", "string", "`source` or `destination`");
const offset = column("byte_offset", "int64", "the item's offset in the stream");
const start = column("start_ns", "int64", "when it began");
const end = column("end_ns", "int64", "when it ended");

/**
 * The tables of many migrations. Parquet files, SQL for DuckDB and ClickHouse, the types of rows
 * and docs/fleet-tables.md are all made of this. Times (`_ns`) are nanoseconds of the source's
 * clock, as in the account; lengths of time are nanoseconds too.
 */
export const tables = {
  migrations: {
    about: "A migration.",
    key: ["recording"],
    columns: [
      recording,
      column("name", "string", "the name of the recording's folder"),
      column("folder", "string", "where the folder was when it was exported"),
      column("time", "timestamp", "when it was, as far as the recording tells"),
      column("qemu", "string", "the QEMU that recorded it, in its own words; empty if not told"),
      column("version", "string", "its version, such as `10.2.2`; empty if not told"),
      column("machine", "string", "the machine type; empty if not told"),
      column("transport", "string", "such as `tcp`; empty if not told"),
      column("capabilities", "string", "such as `return-path xbzrle`"),
      column("postcopy", "boolean", "whether the guest ran before all of its memory was there"),
      column("status", "string", "the source's last state, such as `completed`; empty if not told"),
      maybe("error", "string", "what went wrong, in QEMU's words"),
      maybe("memory", "int64", "bytes of guest memory"),
      maybe("stream_bytes", "int64", "bytes of all channels"),
      column("items", "int64", "items of the stream"),
      column("rounds", "int64", "passes through dirty memory"),
      maybe("syncs", "int64", "syncs of the dirty bitmap, which QEMU counts as `dirty-sync-count`"),
      maybe("begin_ns", "int64", "the source's first `migrate_set_state`"),
      maybe("end_ns", "int64", "its last one"),
      maybe("total_ns", "int64", "the time between"),
      maybe("stopped_ns", "int64", "the guest stopped at the source"),
      maybe("running_ns", "int64", "the guest ran at the destination"),
      maybe(
        "downtime_ns",
        "int64",
        "how long the guest stood still; null where the clocks do not allow to state it",
      ),
      maybe("downtime_least_ns", "int64", "the least that it can have been"),
      maybe("downtime_most_ns", "int64", "the most that it can have been"),
      maybe("reported_ns", "int64", "the downtime as QEMU's source measures it"),
      maybe("switchover_sent_ns", "int64", "SWITCHOVER_START was sent"),
      maybe("switchover_received_ns", "int64", "SWITCHOVER_START was read"),
      maybe("source_expected", "int64", "items that QEMU traces at the source"),
      maybe("source_paired", "int64", "those whose events were found"),
      maybe("destination_expected", "int64", "items that QEMU traces at the destination"),
      maybe("destination_paired", "int64", "those whose events were found"),
      maybe("clock_offset_ns", "int64", "how far the destination's clock is ahead"),
      maybe("clock_verdict", "string", "`given`, `one`, `two`, `unknown` or `broken`"),
      column("damaged", "boolean", "whether not all of the recording could be read"),
      column("qtrace", "string", "the version of qtrace that read it"),
    ],
  },
  items: {
    about: "An item of a migration's stream.",
    key: ["recording", "byte_offset"],
    columns: [
      recording,
      offset,
      column("ordinal", "int64", "from 0, in the order of the stream"),
      column("depth", "int64", "1 within a postcopy package, else 0"),
      column(
        "type",
        "string",
        "such as `section-full`, `command`, `eof`; `section` if unknown which",
      ),
      column("label", "string", "such as `ram PART`, `PING 0x1`"),
      column("size", "int64", "bytes, head and footer included"),
      maybe("section", "int64", "the section id"),
      maybe("idstr", "string", "what the section is of"),
      maybe("instance", "int64", "the instance id"),
      maybe("command", "string", "the command's name"),
      maybe("pages", "int64", "pages in full, as XBZRLE or compressed, of a section of RAM"),
      maybe("zero_pages", "int64", "pages of zeros, of a section of RAM"),
    ],
  },
  pairs: {
    about: "An item and the events of one side's trace that tell of it.",
    key: ["recording", "side", "byte_offset"],
    columns: [
      recording,
      side,
      offset,
      column("ordinal", "int64", "of the item"),
      column("status", "string", "`paired`, `untimed`, `untraced`, `missing` or `no trace`"),
      maybe("start_ns", "int64", "when the side began with it"),
      maybe("end_ns", "int64", "when it was done"),
      maybe("how", "string", "by which events, or why by none"),
    ],
  },
  rounds: {
    about:
      "A pass through dirty memory: from a sync of the dirty bitmap to the first one by which most of what was dirty then had been sent.",
    key: ["recording", "number"],
    columns: [
      recording,
      column("number", "int64", "from 1"),
      maybe("start_ns", "int64", "when it began; null in a trace without timestamps"),
      maybe("end_ns", "int64", "when it ended; null in a trace without timestamps"),
      column("syncs", "int64", "syncs of the dirty bitmap in it, that at its start included"),
      maybe("complete", "boolean", "false if the guest was stopped before the end of the pass"),
      maybe("pending", "int64", "bytes of dirty memory at its start"),
      column("sections", "int64", "sections sent in it"),
      column("bytes", "int64", "their bytes"),
      maybe("pages", "int64", "pages sent in it, by all channels"),
      maybe("zero_pages", "int64", "pages of zeros sent in it"),
    ],
  },
  devices: {
    about: "A device (or RAM) that was saved (source) or loaded (destination) at the switchover.",
    key: ["recording", "side", "device"],
    columns: [
      recording,
      side,
      maybe("byte_offset", "int64", "of its first section after the switchover"),
      column("device", "string", "its idstr, with `#` and the instance id where that is not 0"),
      column("operation", "string", "`save` or `load`"),
      maybe("bytes", "int64", "of its sections that count as downtime"),
      maybe("time_ns", "int64", "how long they took; 0 if all were sent after the guest ran"),
      maybe("postcopy_ns", "int64", "how long those sent after the guest ran (postcopy) took"),
    ],
  },
  downtime: {
    about: "A stretch of what the downtime was spent on, without gap or overlap.",
    key: ["recording", "ordinal"],
    columns: [
      recording,
      column("ordinal", "int64", "from 0, from the guest's stop to its run"),
      column("side", "string", "`source`, `wire` or `destination`"),
      column("kind", "string", "`stop`, `save`, `wait`, `load`, `resume` or `unexplained`"),
      column("what", "string", "the item, or what it lies between"),
      start,
      end,
    ],
  },
  checkpoints: {
    about: "A `vmstate_downtime_checkpoint`.",
    key: ["recording", "ordinal"],
    columns: [
      recording,
      column("ordinal", "int64", "from 0, in the order of time"),
      side,
      column("name", "string", "such as `src-vm-stopped`"),
      column("at_ns", "int64", "when"),
    ],
  },
  events: {
    about: "An event of a trace that `export --event` was told to keep.",
    key: ["recording", "side", "byte_offset"],
    columns: [
      recording,
      side,
      column("byte_offset", "int64", "where it stands in the trace"),
      maybe("at_ns", "int64", "when; null in a trace without timestamps"),
      column("event", "string", "its name"),
      column("text", "string", "its arguments as its format prints them"),
    ],
  },
  problems: {
    about: "What contradicts itself in a recording, and what its figures lack.",
    key: ["recording", "ordinal"],
    columns: [
      recording,
      column("ordinal", "int64", "from 0"),
      column("kind", "string", "`problem`: a contradiction; `warning`: something that is lacking"),
      column("message", "string", "in words"),
    ],
  },
  damage: {
    about: "What could not be read, also of recordings that were left out for it.",
    key: ["recording", "folder", "file", "message"],
    columns: [
      recording,
      column("name", "string", "the name of the recording's folder"),
      column("folder", "string", "where the folder was"),
      column("file", "string", "the file in it; empty if it is the folder's"),
      column("message", "string", "what is wrong with it"),
      column("count", "int64", "how often"),
      column("skipped", "boolean", "whether the recording was left out for it"),
    ],
  },
} as const satisfies Record<string, Table>;

/** The name of a table. */
export type TableName = keyof typeof tables;

/** The tables' names; `migrations` is the last to be written: what is in it is whole. */
export const tableNames = Object.keys(tables) as readonly TableName[];

/** The columns that a data set has in its folders' names, and a database in every table. */
export const partitionColumns = {
  date: "the UTC day of `time`",
  host: "the source's host",
} as const;

interface ValueOf {
  readonly string: string;
  readonly int64: number | bigint;
  readonly boolean: boolean;
  readonly timestamp: Date;
}

type ColumnOf<T extends TableName> = (typeof tables)[T]["columns"][number];

/** A row of a table. */
export type Row<T extends TableName = TableName> = T extends TableName
  ? {
      readonly [C in ColumnOf<T> as C["name"]]:
        | ValueOf[C["type"]]
        | (C["nullable"] extends true ? undefined : never);
    }
  : never;

/** Rows by their tables. */
export type Rows = { readonly [T in TableName]: readonly Row<T>[] };

/** A value of any column. */
export type Value = ValueOf[ColumnType] | undefined;
