import path from "node:path";
import type { MigrationAccount } from "../analysis/account.js";
import { analyze } from "../analysis/analyze.js";
import type { WirePoint } from "../analysis/arrival.js";
import { relevantEvents } from "../analysis/relevant-events.js";
import { DecodeError } from "../bytes/decode-error.js";
import { readChunks } from "../bytes/fed-reader.js";
import type { EventTable } from "../model/event-table.js";
import { TraceDamage } from "../traces/damage.js";
import type { EventRecord } from "../traces/record.js";
import { SimpletraceReader } from "../traces/simpletrace-reader.js";
import { exists, readFileChunks, readText } from "./files.js";
import { Failure, type Io } from "./io.js";
import { readEvents } from "./read-events.js";
import { readItems } from "./read-items.js";

/** The files of one migration. */
export interface Recording {
  readonly stream: string;
  readonly source?: string;
  readonly destination?: string;
  /** `OFFSET NANOSECONDS` lines: when chunks of the stream passed a tap. */
  readonly wire?: string;
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

/** The files of a recording's folder, `given` ones before those found there. */
export async function findRecording(
  dir: string | undefined,
  given: Partial<Recording> = {},
): Promise<Recording> {
  if (dir === undefined) {
    if (!given.stream) throw new Failure("give a recording's folder, or --stream FILE");
    return { ...given, stream: given.stream };
  }
  if (!(await exists(dir))) throw new Failure(`${dir}: no such file or folder`);
  const find = async (...names: string[]) => {
    for (const name of names) {
      if (await exists(path.join(dir, name))) return path.join(dir, name);
    }
    return undefined;
  };
  const stream = given.stream ?? (await find("stream.bin", "channel0.bin"));
  if (!stream) throw new Failure(`${dir}: no stream.bin and no channel0.bin in it`);
  const source = given.source ?? (await find("source.simpletrace"));
  const destination = given.destination ?? (await find("destination.simpletrace"));
  const wire = given.wire ?? (await find("channel0.times"));
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
