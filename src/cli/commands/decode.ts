import { Option } from "commander";
import { DecodeError } from "../../bytes/decode-error.js";
import { NoTraceError } from "../../traces/no-trace-error.js";
import { openTrace } from "../../traces/open-trace.js";
import type { Trace } from "../../traces/trace.js";
import type { CommandDefinition } from "../command-definition.js";
import { followFile } from "../decode/follow-file.js";
import { formats, makeSink, type SinkOptions } from "../decode/make-sink.js";
import { reportDamage } from "../decode/report-damage.js";
import { parsePatterns, type Selection, selector } from "../decode/selection.js";
import { parseTimeLimit } from "../decode/time-limit.js";
import { traceChunks, traceProgress } from "../decode/trace-chunks.js";
import { Failure, type Io } from "../io.js";
import { readEvents } from "../read-events.js";

interface DecodeArguments extends SinkOptions {
  readonly events?: string[];
  readonly event?: string[];
  readonly since?: string;
  readonly until?: string;
  readonly pid?: number[];
  readonly strict?: boolean;
}

const examples = `
Examples:
  qtrace decode trace-4711 --events /usr/share/qemu/trace-events-all --event 'savevm_*'
  qtrace decode trace-4711 --stats
  qtrace decode source.log --since 2026-11-23T03:26:07Z --format csv --output source.csv
  qtrace decode trace-4711 --format parquet --per-event --output tables
  qtrace decode trace-4711 --follow --format jsonl`;

/** `qtrace decode`: a trace as text, JSON or tables. */
export const decodeCommand: CommandDefinition = (program, run) => {
  program
    .command("decode")
    .description(
      "print the records of a trace: simpletrace, QEMU's logs, ftrace, syslog; gzip or zstd around it",
    )
    .argument("<trace>", "the trace, or - for standard input")
    .option("--events <file...>", "the trace-events files of the QEMU that wrote the trace")
    .addOption(
      new Option(
        "--format <format>",
        "text as QEMU's log has it, simpletrace as simpletrace.py, an object or a row a record",
      )
        .choices(formats)
        .default("text"),
    )
    .option(
      "--event <pattern...>",
      "only these events, such as 'savevm_*'; -PATTERN leaves some out",
    )
    .option("--since <time>", "only from then on: 1.5s or 20ms after the first record, an ISO time")
    .option("--until <time>", "only until then, a record at that time included")
    .option("--pid <pid...>", "only of these processes; of threads, where a log tells only those")
    .option("--stats", "instead of records, what each event's come to: count, times, rate, bytes")
    .option("--per-event", "with csv or parquet: a table for each event, in the folder --output")
    .option("--output <file>", "where to write; stdout unless told")
    .option("--follow", "wait for more at the end of the file, until interrupted")
    .option("--strict", "exit 1 where anything is damaged, missing or not declared")
    .addHelpText("after", examples)
    .action((trace: string, options: DecodeArguments) => run((io) => decode(trace, options, io)));
};

async function decode(trace: string, options: DecodeArguments, io: Io): Promise<number> {
  const { table, from } = await readEvents(options.events, trace, io);
  if (!options.events) io.err(`qtrace: events as declared in ${from}\n`);
  const { event: patterns = [], since, until } = options;
  const selection: Selection = {
    patterns: parsePatterns(patterns, table, io),
    pids: (options.pid ?? []).map(parsePid),
    ...(since !== undefined && { since: parseTimeLimit(since) }),
    ...(until !== undefined && { until: parseTimeLimit(until) }),
  };
  const opened = openTrace(await chunksOf(trace, options, io), table);
  const failure = await putRecords(opened, selection, trace, options, io);
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
async function putRecords(
  opened: Trace,
  selection: Selection,
  trace: string,
  options: DecodeArguments,
  io: Io,
): Promise<DecodeError | undefined> {
  const clock = () => opened.format?.clock ?? "none";
  const isWanted = selector(selection, clock);
  const { sink, output } = await makeSink(options, trace, clock, io);
  let failure: DecodeError | undefined;
  try {
    await opened.eachChunk(async (reader) => {
      while (reader.advance()) {
        if (!isWanted(reader)) continue;
        sink.add(reader);
        if (sink.full) await sink.write();
      }
      await sink.write();
      return true;
    });
  } catch (error) {
    if (error instanceof NoTraceError) throw new Failure(`${trace}: ${error.reason}`);
    if (!(error instanceof DecodeError)) throw error;
    // Who stops following stops in the middle of a record.
    if (!options.follow || opened.format === undefined) failure = error;
  }
  await sink.end();
  await output.close();
  return failure;
}

function parsePid(text: number | string): number {
  const pid = Number(text);
  if (!Number.isInteger(pid) || pid < 0) throw new Failure(`${text} is no process id`);
  return pid;
}
