import { Option } from "commander";
import { DecodeError } from "../../bytes/decode-error.js";
import { NoTraceError } from "../../traces/no-trace-error.js";
import { openTrace } from "../../traces/open-trace.js";
import type { RecordCursor } from "../../traces/record-cursor.js";
import type { Trace } from "../../traces/trace.js";
import { type CommandDefinition, OutputOption } from "../command-definition.js";
import { countJobs, type JobOptions, type Jobs } from "../decode/count-jobs.js";
import { followFile } from "../decode/follow-file.js";
import { openHelpers } from "../decode/helpers.js";
import { type Format, formats, makeSink, type OpenSink } from "../decode/make-sink.js";
import { putRecords } from "../decode/put-records.js";
import { reportDamage } from "../decode/report-damage.js";
import {
  readSelection,
  type Selection,
  type SelectionOptions,
  selector,
} from "../decode/selection.js";
import { traceChunks, traceProgress } from "../decode/trace-chunks.js";
import { alone, firstBytes } from "../decode/turns.js";
import { refuseFolder } from "../files.js";
import { Failure, type Io } from "../io.js";
import { chooseFormat, type FormatsByExtension } from "../output-format.js";
import { readEvents } from "../read-events.js";

interface DecodeArguments extends JobOptions, SelectionOptions {
  readonly events?: string[];
  readonly strict?: boolean;
}

type GivenOptions = Omit<DecodeArguments, "format"> & { readonly format?: Format };

const formatsByExtension: FormatsByExtension<Format> = {
  ".txt": ["text", "simpletrace"],
  ".log": ["text"],
  ".jsonl": ["jsonl"],
  ".csv": ["csv"],
  ".parquet": ["parquet"],
};

const examples = `
Examples:
  qtrace decode trace-4711 --events /usr/share/qemu/trace-events-all --event 'savevm_*'
  qtrace decode trace-4711 --stats
  qtrace decode source.log --since 2026-11-23T03:26:07Z --output source.csv
  qtrace decode trace-4711 --format parquet --per-event --output tables
  qtrace decode trace-4711 --follow --format jsonl`;

/** `qtrace decode`: a trace as text, JSON or tables. */
export const decodeCommand: CommandDefinition = (command, run) => {
  command
    .argument("<trace>", "the trace, or - for standard input")
    .option("--events <file...>", "the trace-events files of the QEMU that wrote the trace")
    .addOption(
      new Option(
        "--format <format>",
        "text as in QEMU's log, simpletrace as simpletrace.py prints it, one object or row per record " +
          "(default: by --output's extension, else text)",
      ).choices(formats),
    )
    .option(
      "--event <pattern...>",
      "only these events, such as 'savevm_*'; --event=-PATTERN leaves some out",
    )
    .option("--since <time>", "only from then on: 1.5s or 20ms after the first record, an ISO time")
    .option("--until <time>", "only until then, a record at that time included")
    .option("--pid <pid...>", "only of these processes; of threads, where a log tells only those")
    .option("--stats", "instead of records, what each event's come to: count, times, rate, bytes")
    .option("--per-event", "with csv or parquet: a table for each event, in the folder --output")
    .option("--csv-safe", "with csv: put a ' before text that spreadsheets would run as a formula")
    .addOption(new OutputOption("--output <file>", "output file (default: stdout)"))
    .option("--follow", "wait for more at the end of the file, until interrupted")
    .option(
      "--jobs <n>",
      "threads that print the records of a simpletrace file; 1 unless told",
      parseJobs,
    )
    .option("--strict", "exit 1 where anything is damaged, missing or not declared")
    .addHelpText("after", examples)
    .action((trace: string, given: GivenOptions) =>
      run((io) => {
        const output = given.perEvent ? undefined : given.output;
        const format = chooseFormat(given.format, output, formatsByExtension, "text");
        return decode(trace, { ...given, format }, io);
      }),
    );
};

async function decode(trace: string, options: DecodeArguments, io: Io): Promise<number> {
  // What is told of the events is of no use where there is no trace.
  if (trace !== "-") await refuseFolder(trace);
  const { table, from } = await readEvents(options.events, trace, io);
  if (!options.events) io.err(`qtrace: events as declared in ${from}\n`);
  const selection = readSelection(options, table, io);
  const jobs = await countJobs(trace, options);
  const chunks = await chunksOf(trace, options, io);
  const opened = openTrace(jobs.jobs > 1 ? firstBytes(trace, chunks, jobs.size) : chunks, table);
  const failure = await decodeOpened(opened, selection, jobs, trace, options, io);
  reportDamage(trace, opened.damage, from, io);
  if (failure)
    io.err(`qtrace: ${trace}: ${failure.offset > 0 ? failure.message : failure.reason}\n`);
  return failure || (options.strict && opened.damage.isDamaged) ? 1 : 0;
}

async function chunksOf(trace: string, options: DecodeArguments, io: Io) {
  if (!options.follow) {
    const progress = await traceProgress(trace, options.output !== undefined, io);
    return traceChunks(trace, io, progress);
  }
  if (trace === "-") throw new Failure("standard input is followed to its end anyway");
  return followFile(trace, io.interruption?.() ?? new AbortController().signal);
}

/** Puts what is selected where it is wanted; gives the error that the trace ends in. */
async function decodeOpened(
  opened: Trace,
  selection: Selection,
  { jobs, size }: Jobs,
  trace: string,
  options: DecodeArguments,
  io: Io,
): Promise<DecodeError | undefined> {
  const { events, format, csvSafe = false, event, since, until, pid } = options;
  const selected = { event, since, until, pid };
  const plan = { trace, size, jobs, events, format, csvSafe, selection: selected };
  const helpers = jobs > 1 ? openHelpers(plan) : undefined;
  const clock = () => opened.format?.clock ?? "none";
  try {
    const open = await makeSink(options, clock, helpers ?? alone, io);
    return await putAll(opened, selector(selection, clock), open, trace, options);
  } finally {
    await helpers?.close();
  }
}

async function putAll(
  opened: Trace,
  isWanted: (cursor: RecordCursor) => boolean,
  { sink, commit, discard }: OpenSink,
  trace: string,
  { follow }: DecodeArguments,
): Promise<DecodeError | undefined> {
  let failure: DecodeError | undefined;
  try {
    await putRecords(opened, isWanted, sink).catch((error: unknown) => {
      if (error instanceof NoTraceError) throw new Failure(`${trace}: ${error.reason}`);
      if (!(error instanceof DecodeError)) throw error;
      // Who stops following stops in the middle of a record.
      if (!follow || opened.format === undefined) failure = error;
    });
    await sink.end();
    await commit();
  } catch (error) {
    await discard();
    throw error;
  }
  return failure;
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (!/^\d+$/.test(text) || jobs < 1 || jobs > 64)
    throw new Failure(`${text} is no number of threads: give 1 to 64`);
  return jobs;
}
