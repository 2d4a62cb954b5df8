import { Failure, type Io } from "../io.js";
import { openOutput } from "../outputs/output-file.js";
import { OutputFolder } from "../outputs/output-folder.js";
import { parquetSink } from "./parquet-sink.js";
import type { Put, RecordSink } from "./record-sink.js";
import { type StatisticsFormat, statisticsSink } from "./statistics-sink.js";
import { csvTables, parquetTables } from "./table-sinks.js";
import { csvSink, jsonlSink, simpletraceSink, textSink } from "./text-sink.js";
import { alone, type Turns } from "./turns.js";

/** What records are printed as. */
export const formats = ["text", "simpletrace", "jsonl", "csv", "parquet"] as const;
/** One of `formats`. */
export type Format = (typeof formats)[number];

/** What of the options decides how and where records are put. */
export interface SinkOptions {
  readonly format: Format;
  readonly output?: string;
  readonly csvSafe?: boolean;
  readonly perEvent?: boolean;
  readonly stats?: boolean;
  readonly follow?: boolean;
}

/** A sink, and what ends the output that it writes to. */
export interface OpenSink {
  readonly sink: RecordSink;
  /** Ends the output: only now files have their names. */
  readonly commit: () => Promise<void>;
  /** Gives the output up: files of that name are as they were before. */
  readonly discard: () => Promise<void>;
}

/** Opens what the options ask for; throws `Failure` where they do not go together. */
export async function makeSink(
  options: SinkOptions,
  clock: () => string,
  turns: Turns,
  io: Io,
): Promise<OpenSink> {
  const { format, csvSafe = false, output: file, perEvent, stats, follow } = options;
  refuse(options);
  const output = { inputs: io.inputs, live: follow ?? false };
  if (perEvent) {
    const folder = new OutputFolder(file!, output);
    const sink = format === "csv" ? csvTables(folder, csvSafe) : parquetTables(folder, clock);
    return { sink, commit: async () => folder.commit(), discard: async () => folder.discard() };
  }
  const sinkTo = (put: Put) =>
    stats
      ? statisticsSink(put, format as StatisticsFormat)
      : recordSink(format, put, clock, turns, csvSafe);
  if (file === undefined) return { sink: sinkTo(io.out), commit: nothing, discard: nothing };
  const { write, commit, discard } = await openOutput(file, output);
  return { sink: sinkTo(write), commit, discard };
}

const nothing = async () => {};

/** What prints records in a format, those of this thread's turns. */
export function recordSink(
  format: Format,
  put: Put,
  clock: () => string,
  turns: Turns = alone,
  csvSafe = false,
): RecordSink {
  return format === "parquet"
    ? parquetSink(put, clock, turns)
    : lineSinks[format](put, turns, csvSafe);
}

const lineSinks = {
  text: textSink,
  simpletrace: simpletraceSink,
  jsonl: jsonlSink,
  csv: csvSink,
};

function refuse({ format, csvSafe, output, perEvent, stats, follow }: SinkOptions): void {
  if (csvSafe && format !== "csv") throw new Failure("--csv-safe needs --format csv");
  if (stats && (format === "parquet" || format === "simpletrace")) {
    throw new Failure(`--stats has --format text, jsonl or csv, not ${format}`);
  }
  if (stats && perEvent) throw new Failure("--stats has a line for each event already");
  if (perEvent && format !== "csv" && format !== "parquet") {
    throw new Failure("--per-event makes tables: give --format csv or parquet");
  }
  if (perEvent && !output) throw new Failure("--per-event needs --output FOLDER");
  if (format === "parquet" && !output) throw new Failure("parquet needs --output FILE");
  if (format === "parquet" && follow) {
    throw new Failure("a Parquet file cannot be read before it ends: --follow has jsonl and csv");
  }
}
