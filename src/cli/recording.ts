import path from "node:path";
import type { MigrationAccount } from "../analysis/account.js";
import { analyze } from "../analysis/analyze.js";
import type { WirePoint } from "../analysis/arrival.js";
import { relevantEvents } from "../analysis/relevant-events.js";
import { DecodeError } from "../bytes/decode-error.js";
import type { EventTable } from "../model/event-table.js";
import type { Evidence } from "../report/evidence.js";
import { TraceDamage } from "../traces/damage.js";
import type { TraceClock } from "../traces/lines/line-format.js";
import { openTrace } from "../traces/open-trace.js";
import type { EventRecord } from "../traces/record.js";
import { eventList } from "./event-list.js";
import { exists, readFileChunks, readText } from "./files.js";
import { Failure, type Io } from "./io.js";
import { readEvents } from "./read-events.js";
import { readItems } from "./read-items.js";

/** The files of one migration. */
export interface Recording {
  /** The bytes of the main channel; without it the items are those that the traces tell. */
  readonly stream?: string;
  readonly source?: string;
  readonly destination?: string;
  /** `OFFSET NANOSECONDS` lines: when chunks of the stream passed a tap. */
  readonly wire?: string;
}

/** Something of a file that could not be read. */
export interface FileDamage {
  readonly file: string;
  readonly message: string;
  /** How often, where it is counted. */
  readonly count?: number;
}

/** A recording's account, the records that it was made of, and what of its files is damaged. */
export interface JoinedRecording {
  readonly account: MigrationAccount;
  readonly source: readonly EventRecord[] | undefined;
  readonly destination: readonly EventRecord[] | undefined;
  /** Whether some file could not be read to its end. */
  readonly damaged: boolean;
  readonly damage: readonly FileDamage[];
}

/** A recording's account, the events that it was made of, and whether some file was damaged. */
export interface AnalyzedRecording {
  readonly account: MigrationAccount;
  readonly evidence: Evidence;
  readonly damaged: boolean;
}

/** What is to be kept besides what the account is made of. */
export interface JoinOptions {
  /** The state of devices, with the items. */
  readonly keepData?: boolean;
  /** Further events, by name. */
  readonly keepEvent?: (name: string) => boolean;
}

/**
 * Reads what a recording holds and joins it. With `keepData` its devices' state is kept. Damage is
 * told on stderr and leaves the rest standing.
 */
export async function analyzeRecording(
  recording: Recording,
  events: readonly string[] | undefined,
  io: Io,
  options: JoinOptions = {},
): Promise<AnalyzedRecording> {
  const trace = recording.source ?? recording.destination;
  const { table, from } = await readEvents(events, trace, io);
  if (!events && trace) io.err(`qtrace: events as declared in ${from}\n`);
  const joined = await joinRecording(recording, table, io, options);
  for (const damage of joined.damage) io.err(`qtrace: ${damage.file}: ${damageText(damage)}\n`);
  const { account, damaged } = joined;
  return { account, evidence: evidenceOf(joined), damaged };
}

/** Damage in words, without the file's name. */
export function damageText({ message, count }: FileDamage): string {
  return count === undefined ? message : `${count} ${message}`;
}

/** The events that an account was made of, for reports. */
export function evidenceOf({ source, destination, account }: JoinedRecording): Evidence {
  return {
    ...(source && { source: eventList(source) }),
    ...(destination && { destination: eventList(destination, account.clocks) }),
  };
}

/** Reads what a recording holds, its traces by the events of a table, and joins it. */
export async function joinRecording(
  recording: Recording,
  table: EventTable,
  io: Io,
  { keepData = false, keepEvent }: JoinOptions = {},
): Promise<JoinedRecording> {
  const stream = recording.stream ? await readItems(recording.stream, io, { keepData }) : undefined;
  const readSide = async (file: string | undefined) =>
    file === undefined ? undefined : readTrace(file, table, io, keepEvent);
  const source = await readSide(recording.source);
  const destination = await readSide(recording.destination);
  // A tap has CLOCK_MONOTONIC; a log's wall clock cannot be held against it.
  const tapped = recording.wire && source?.clock === "monotonic" ? recording.wire : undefined;
  const account = analyze({
    ...(stream && { items: stream.items }),
    ...(tapped && { wire: parseWireTimes(await readText(tapped, io)) }),
    ...(source && { source: source.records }),
    ...(destination && { destination: destination.records }),
  });
  const cut = stream?.failure && { file: recording.stream!, message: stream.failure.message };
  return {
    account,
    source: source?.records,
    destination: destination?.records,
    damaged: Boolean(cut || source?.damaged || destination?.damaged),
    damage: [...(cut ? [cut] : []), ...(source?.damage ?? []), ...(destination?.damage ?? [])],
  };
}

/** The files of a recording's folder, `given` ones before those found there. */
export async function findRecording(
  dir: string | undefined,
  given: Partial<Recording> = {},
): Promise<Recording> {
  if (dir === undefined) {
    if (given.stream || given.source || given.destination) return given;
    throw new Failure("give a recording's folder, --stream FILE, or --source and --destination");
  }
  if (!(await exists(dir))) throw new Failure(`${dir}: no such file or folder`);
  const find = async (...names: string[]) => {
    for (const name of names) {
      if (await exists(path.join(dir, name))) return path.join(dir, name);
    }
    return undefined;
  };
  const stream = given.stream ?? (await find("stream.bin", "channel0.bin"));
  const source = given.source ?? (await find("source.simpletrace", "source.log"));
  const destination =
    given.destination ?? (await find("destination.simpletrace", "destination.log"));
  const wire = given.wire ?? (await find("channel0.times"));
  if (!stream && !source && !destination) {
    throw new Failure(`${dir}: no stream.bin or channel0.bin, and no trace of either side in it`);
  }
  return {
    ...(stream && { stream }),
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

interface SideTrace {
  readonly records: EventRecord[];
  readonly damaged: boolean;
  readonly damage: readonly FileDamage[];
  /** What the timestamps count from; undefined of an empty trace. */
  readonly clock: TraceClock | undefined;
}

/** The records that the analysis wants. A trace holds a thousand times as many others. */
async function readTrace(
  file: string,
  events: EventTable,
  io: Io,
  keepEvent: (name: string) => boolean = () => false,
): Promise<SideTrace> {
  const damage = new TraceDamage();
  const records: EventRecord[] = [];
  const trace = openTrace(readFileChunks(file, io), events, {
    select: ({ type, name }) => type === "dropped" || relevantEvents.has(name) || keepEvent(name),
  });
  let failure: FileDamage | undefined;
  try {
    for await (const record of trace) {
      damage.note(record);
      if (record.type === "event") records.push(record);
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    failure = { file, message: error.message };
  }
  const counted = Array.from(damage.counts, ([message, count]) => ({ file, message, count }));
  return {
    records,
    damaged: failure !== undefined,
    damage: [...(failure ? [failure] : []), ...counted],
    clock: trace.format?.clock,
  };
}
