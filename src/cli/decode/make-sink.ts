import { Failure, type Io } from "../io.js";
import { type Output, openOutput } from "./output-file.js";
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

/** A sink, and the output that it writes to. */
export interface OpenSink {
  readonly sink: RecordSink;
  readonly output: Output;
}

/** Opens what the options ask for; throws `Failure` where they do not go together. */
export async function makeSink(
  options: SinkOptions,
  trace: string,
  clock: () => string,
  turns: Turns,
  io: Io,
): Promise<OpenSink> {
  const { format, csvSafe = false, output: file, perEvent, stats, follow } = options;
  refuse(options);
  if (perEvent) {
    const sink = format === "csv" ? csvTables(file!, csvSafe) : parquetTables(file!, clock);
    return { sink, output: await openOutput(undefined, trace, false, io) };
  }
  const output = await openOutput(file, trace, follow ?? false, io);
  const sink = stats
    ? statisticsSink(output.put, format as StatisticsFormat)
    : recordSink(format, output.put, clock, turns, csvSafe);
  return { sink, output };
}

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
