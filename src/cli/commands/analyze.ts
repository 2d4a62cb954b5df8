import { writeFile } from "node:fs/promises";
import path from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { MigrationAccount } from "../../analysis/account.js";
import { analyze } from "../../analysis/analyze.js";
import type { WirePoint } from "../../analysis/arrival.js";
import { relevantEvents } from "../../analysis/relevant-events.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { readChunks } from "../../bytes/fed-reader.js";
import type { EventTable } from "../../model/event-table.js";
import { jsonReport } from "../../report/json.js";
import { textReport } from "../../report/text.js";
import { formatDuration } from "../../report/units.js";
import { TraceDamage } from "../../traces/damage.js";
import type { EventRecord } from "../../traces/record.js";
import { SimpletraceReader } from "../../traces/simpletrace-reader.js";
import type { CommandDefinition } from "../command-definition.js";
import { exists, readFileChunks, readText, unreadable } from "../files.js";
import { Failure, type Io } from "../io.js";
import { readEvents } from "../read-events.js";
import { readItems } from "../read-items.js";

/** The files of one migration. */
interface Recording {
  readonly stream: string;
  readonly source?: string;
  readonly destination?: string;
  /** `OFFSET NANOSECONDS` lines: when chunks of the stream passed a tap. */
  readonly wire?: string;
}

interface AnalyzeArguments extends Partial<Recording> {
  readonly events?: string[];
  readonly format: "text" | "json";
  readonly output?: string;
  readonly maxDowntime?: number;
}

/** `qtrace analyze`: the joint account of a migration. */
export const analyzeCommand: CommandDefinition = (program, run) => {
  program
    .command("analyze")
    .description("join a migration stream with the traces of both ends")
    .argument(
      "[dir]",
      "a recording: stream.bin or channel0.bin, source.simpletrace, destination.simpletrace",
    )
    .option("--stream <file>", "the bytes of the main channel")
    .option("--source <trace>", "the source's simpletrace file")
    .option("--destination <trace>", "the destination's simpletrace file")
    .option("--wire <times>", "when its chunks passed a tap: lines of OFFSET NANOSECONDS")
    .option("--events <file...>", "the trace-events files of the QEMU that wrote the traces")
    .addOption(
      new Option("--format <format>", "text or json").choices(["text", "json"]).default("text"),
    )
    .option("--output <file>", "write the account there")
    .option("--max-downtime <ms>", "exit 1 if the guest's downtime was longer", milliseconds)
    .addHelpText("after", "\nExample:\n  qtrace analyze recordings/q35-precopy --max-downtime 100")
    .action((dir: string | undefined, options: AnalyzeArguments) =>
      run(async (io) => {
        const recording = await findRecording(dir, options);
        const { account, damaged } = await analyzeRecording(recording, options.events, io);
        const report = options.format === "json" ? jsonReport(account) : textReport(account);
        await deliver(report, options.output, io);
        const late = exceeds(account, options.maxDowntime);
        if (late) io.err(`qtrace: ${late}\n`);
        return damaged || late ? 1 : 0;
      }),
    );
};

function milliseconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0))
    throw new InvalidArgumentError("It is no number of milliseconds.");
  return value;
}

/** Reads what a recording holds and joins it. Damage is told on stderr and leaves the rest standing. */
export async function analyzeRecording(
  recording: Recording,
  events: readonly string[] | undefined,
  io: Io,
): Promise<{ account: MigrationAccount; damaged: boolean }> {
  const trace = recording.source ?? recording.destination;
  const { table, from } = await readEvents(events, trace, io);
  if (!events && trace) io.err(`qtrace: events as declared in ${from}\n`);
  const { items, failure } = await readItems(recording.stream, io);
  if (failure) io.err(`qtrace: ${recording.stream}: ${failure.message}\n`);
  const readSide = async (file: string | undefined) =>
    file === undefined ? undefined : readTrace(file, table, io);
  const source = await readSide(recording.source);
  const destination = await readSide(recording.destination);
  const account = analyze({
    items,
    ...(recording.wire && { wire: parseWireTimes(await readText(recording.wire, io)) }),
    ...(source && { source: source.records }),
    ...(destination && { destination: destination.records }),
  });
  const damaged = Boolean(failure || source?.damaged || destination?.damaged);
  return { account, damaged };
}

async function findRecording(
  dir: string | undefined,
  options: AnalyzeArguments,
): Promise<Recording> {
  if (dir === undefined) {
    if (!options.stream) throw new Failure("give a recording's folder, or --stream FILE");
    return { ...options, stream: options.stream };
  }
  if (!(await exists(dir))) throw new Failure(`${dir}: no such file or folder`);
  const find = async (...names: string[]) => {
    for (const name of names) {
      if (await exists(path.join(dir, name))) return path.join(dir, name);
    }
    return undefined;
  };
  const stream = options.stream ?? (await find("stream.bin", "channel0.bin"));
  if (!stream) throw new Failure(`${dir}: no stream.bin and no channel0.bin in it`);
  const source = options.source ?? (await find("source.simpletrace"));
  const destination = options.destination ?? (await find("destination.simpletrace"));
  const wire = options.wire ?? (await find("channel0.times"));
  return {
    stream,
    ...(source && { source }),
    ...(destination && { destination }),
    ...(wire && { wire }),
  };
}

function parseWireTimes(text: string): WirePoint[] {
  return text
    .split("\n")
    .filter((line) => /^\d+ \d+$/.test(line))
    .map((line) => line.split(" "))
    .map(([offset, at]) => ({ offset: Number(offset), at: BigInt(at!) }));
}

async function readTrace(
  file: string,
  events: EventTable,
  io: Io,
): Promise<{ records: EventRecord[]; damaged: boolean }> {
  const damage = new TraceDamage();
  const records: EventRecord[] = [];
  let damaged = false;
  try {
    for await (const record of readChunks(
      new SimpletraceReader(events),
      readFileChunks(file, io),
    )) {
      const relevant = record.type === "dropped" || relevantEvents.has(record.name);
      if (relevant) damage.note(record);
      if (relevant && record.type === "event") records.push(record);
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    io.err(`qtrace: ${file}: ${error.message}\n`);
    damaged = true;
  }
  for (const [name, count] of damage.counts) io.err(`qtrace: ${file}: ${count} ${name}\n`);
  return { records, damaged };
}

async function deliver(report: string, output: string | undefined, io: Io): Promise<void> {
  if (!output) return io.out(report);
  await writeFile(output, report).catch((error: unknown) => {
    throw unreadable(output, error);
  });
}

function exceeds({ downtime }: MigrationAccount, limit: number | undefined): string | undefined {
  if (limit === undefined) return undefined;
  const measured = downtime.guest ?? downtime.reported;
  if (measured === undefined) return "the traces tell no downtime to hold against --max-downtime";
  if (Number(measured) / 1e6 <= limit) return undefined;
  return `the downtime of ${formatDuration(measured)} exceeds ${limit} ms`;
}
