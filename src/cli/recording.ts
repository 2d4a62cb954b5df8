import { stat } from "node:fs/promises";
import path from "node:path";
import type { MigrationAccount } from "../analysis/account.js";
import { type AnalysisInput, analyze } from "../analysis/analyze.js";
import { showsSide } from "../analysis/find-problems.js";
import { wireLead } from "../analysis/wire-lead.js";
import { aboutRecording } from "../fleet/about-recording.js";
import type { StreamItem } from "../migration/wire/stream-item.js";
import type { EventTable } from "../model/event-table.js";
import type { Evidence } from "../report/evidence.js";
import type { TraceClock } from "../traces/lines/line-format.js";
import type { EventRecord } from "../traces/record.js";
import type { EventColumns } from "./event-columns.js";
import { eventList } from "./event-list.js";
import { namesInRecording, readAbout, sizeOf } from "./files.js";
import { recordingWithin } from "./fleet/find-recordings.js";
import { Failure, type Io } from "./io.js";
import { isCut, readConnections } from "./read-connections.js";
import { ownTraceEvents, readEvents } from "./read-events.js";
import { type FileDamage, type KeptEvents, readSide } from "./read-side.js";
import { MAIN_CHANNEL_FILE, recordingNames, STREAM_FILE } from "./recording-layout.js";
import { NotAStream } from "./stream-input.js";
import { contradictionOf, readWireTimes } from "./wire-times.js";

export type { FileDamage } from "./read-side.js";

/** The files of one migration. */
export interface Recording {
  /** The bytes of the main channel; without it the items are those that the traces tell. */
  readonly stream?: string;
  /** Offset of the stream in that file, where it is not found after zeros. */
  readonly offset?: number;
  /** Those of the connections, in order, by which a paused postcopy went on. */
  readonly resumed?: readonly string[];
  /** The bytes of the additional channels, in order. */
  readonly channels?: readonly string[];
  readonly source?: string;
  readonly destination?: string;
  /** The trace-events file of a side's QEMU, where the two are of different versions. */
  readonly sourceEvents?: string;
  readonly destinationEvents?: string;
  /** `OFFSET NANOSECONDS` lines: when chunks of the stream passed a tap. */
  readonly wire?: string;
  /** Nanoseconds by which the destination's clock is ahead, where that is known: 0 of one machine. */
  readonly clockOffset?: bigint;
  /** The stream was written to a file. */
  readonly toFile?: boolean;
  /** Which of several attempts in a trace, from 1. */
  readonly attempt?: number | "last";
}

/** A recording's account, the records that it was made of, and what of its files is damaged. */
export interface JoinedRecording {
  readonly account: MigrationAccount;
  readonly source: readonly EventRecord[] | undefined;
  readonly destination: readonly EventRecord[] | undefined;
  /** Whether some file could not be read to its end. */
  readonly damaged: boolean;
  /** Whether that is only the stream, which ends early. */
  readonly cut: boolean;
  /** Why the account is that of the traces alone, though a stream was given. */
  readonly streamProblem?: string;
  readonly damage: readonly FileDamage[];
  /** What of the recording was not used, and why. */
  readonly notes: readonly string[];
  /** Records whose arguments do not fit their declarations, which are of another QEMU then. */
  readonly misfits: number;
  /** All events of both traces, where they were kept. */
  readonly events: { readonly source?: EventColumns; readonly destination?: EventColumns };
}

/** A recording's account, the events that it was made of, and whether some file was damaged. */
export interface AnalyzedRecording {
  readonly account: MigrationAccount;
  readonly evidence: Evidence;
  readonly damaged: boolean;
  /** Those of the account's problems that stderr has reported. */
  readonly reported: readonly string[];
}

/** What is to be kept besides what the account is made of. */
export interface JoinOptions extends KeptEvents {
  /** The state of devices, with the items. */
  readonly keepData?: boolean;
}

/**
 * Reads what a recording holds and joins it. Where the declarations that were found do not fit its
 * traces, the project's own are tried. Damage is reported on stderr, and the rest is analyzed: without
 * a stream that can be read, the traces alone. Throws `Failure` if nothing can be read.
 */
export async function analyzeRecording(
  recording: Recording,
  events: readonly string[] | undefined,
  io: Io,
  options: JoinOptions = {},
): Promise<AnalyzedRecording> {
  const { joined, note } = await joinByBestEvents(recording, events, io, options);
  refuseSwapped(recording, joined);
  for (const damage of joined.damage) {
    const text = `${damage.file}: ${damageText(damage)}`;
    if (damage.unreadable) throw new Failure(text);
    io.err(`qtrace: ${text}\n`);
  }
  for (const line of [...joined.notes, ...(note === undefined ? [] : [note])]) {
    io.err(`qtrace: ${line}\n`);
  }
  const { account, damaged, streamProblem } = joined;
  const reported = streamProblem === undefined ? [] : [streamProblem];
  return { account, evidence: evidenceOf(joined), damaged, reported };
}

/** A recording by the declarations that fit it best, and a note which ones these are. */
async function joinByBestEvents(
  recording: Recording,
  events: readonly string[] | undefined,
  io: Io,
  options: JoinOptions,
): Promise<{ readonly joined: JoinedRecording; readonly note?: string }> {
  const trace = recording.source ?? recording.destination;
  const { table, from } = await readEvents(events, trace, io);
  const joined = await joinRecording(recording, table, io, options);
  if (events || !trace || hasOwnEvents(recording)) return { joined };
  if (joined.misfits > 0) {
    const own = await readEvents([await ownTraceEvents()], trace, io);
    const both = own.table.concat(table);
    const again = await joinRecording(recording, both, io, options);
    if (again.misfits < joined.misfits) {
      const note = `events as declared in qtrace's own, which fit better, and ${from}`;
      return { joined: again, note };
    }
  }
  return { joined, note: `events as declared in ${from}` };
}

/** Whether each trace has declarations of its own. */
function hasOwnEvents({ source, destination, ...own }: Recording): boolean {
  return (
    (source === undefined || own.sourceEvents !== undefined) &&
    (destination === undefined || own.destinationEvents !== undefined)
  );
}

function refuseSwapped(recording: Recording, joined: JoinedRecording): void {
  for (const [side, other] of [
    ["source", "destination"],
    ["destination", "source"],
  ] as const) {
    const records = joined[side] ?? [];
    if (showsSide(records, side) || !showsSide(records, other)) continue;
    throw new Failure(
      `${recording[side]} is the trace of a ${other}, and was given as that of a ${side}`,
    );
  }
}

/** Damage in words, without the file's name. */
export function damageText({ message, count }: Omit<FileDamage, "file">): string {
  return count === undefined ? message : `${count} ${message}`;
}

/** What is wanted of a recording to show its events. */
type Shown = Pick<JoinedRecording, "account" | "source" | "destination"> &
  Partial<Pick<JoinedRecording, "events">>;

/** The events behind an account, for reports: all where they were kept, else those that it was made of. */
export function evidenceOf({ account, source, destination, events = {} }: Shown): Evidence {
  const { clocks } = account;
  return {
    ...(source && { source: events.source?.list() ?? eventList(source) }),
    ...(destination && {
      destination: events.destination?.list(clocks) ?? eventList(destination, clocks),
    }),
  };
}

/**
 * Reads what a recording holds, its traces by the events of a table, and joins it. Throws `Failure`
 * for a file that is not there, and for a stream that cannot be read where there is no trace.
 */
export async function joinRecording(
  recording: Recording,
  table: EventTable,
  io: Io,
  { keepData = false, ...keep }: JoinOptions = {},
): Promise<JoinedRecording> {
  const stream = await readMainStream(recording, keepData, io);
  const read = async (file: string | undefined, own: string | undefined) => {
    if (file === undefined) return undefined;
    const declared = own === undefined ? table : (await readEvents([own], file, io)).table;
    return readSide(file, declared, io, keep);
  };
  const source = await read(recording.source, recording.sourceEvents);
  const destination = await read(recording.destination, recording.destinationEvents);
  const { items, failure } = stream ?? {};
  const { clockOffset, attempt } = recording;
  const input = {
    ...(items && { items }),
    ...(items && recording.channels && { channelBytes: await sizesOf(recording.channels) }),
    ...(source && { source: source.records, sourceMessages: source.messages }),
    ...(destination && {
      ...{ destination: destination.records, destinationMessages: destination.messages },
    }),
    ...(source?.density && { sourceDensity: source.density }),
    ...(destination?.density && { destinationDensity: destination.density }),
    ...(clockOffset !== undefined && { clockOffset }),
    ...(attempt !== undefined && { attempt }),
    ...(recording.toFile && { toFile: true }),
  };
  const { account, note } = await orWrongAttempt(() =>
    analyzeWithWire(input, recording.wire, source?.clock, io),
  );
  const streamProblem = stream && !stream.items ? fromTracesAlone(stream.failure) : undefined;
  const brokenTrace = Boolean(source?.damaged || destination?.damaged);
  return {
    account: streamProblem
      ? { ...account, problems: [streamProblem, ...account.problems] }
      : account,
    source: source?.records,
    destination: destination?.records,
    damaged: Boolean(failure || brokenTrace),
    cut: !brokenTrace && items !== undefined && failure?.isCut === true,
    ...(streamProblem !== undefined && { streamProblem }),
    damage: [
      ...(failure ? [{ file: failure.file, message: failure.message }] : []),
      ...(source?.damage ?? []),
      ...(destination?.damage ?? []),
    ],
    notes: note === undefined ? [] : [note],
    misfits: (source?.misfits ?? 0) + (destination?.misfits ?? 0),
    events: {
      ...(source?.events && { source: source.events }),
      ...(destination?.events && { destination: destination.events }),
    },
  };
}

/** An attempt that the trace does not have is a wrong option. */
async function orWrongAttempt<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure(`--attempt: ${error.message}`);
  }
}

/** Analyzes with a tap's times, where they are shown to be of the source's clock. */
async function analyzeWithWire(
  input: AnalysisInput,
  file: string | undefined,
  clock: TraceClock | undefined,
  io: Io,
): Promise<{ readonly account: MigrationAccount; readonly note?: string }> {
  // Times serve to tell when what a source sent came to its destination.
  if (file === undefined || !input.items || !(input.source || input.destination)) {
    return { account: analyze(input) };
  }
  const unused = (why: string) => {
    return { account: analyze(input), note: `${file} is not used: ${why}` };
  };
  if (!input.source || clock === undefined) {
    return unused("there is no trace of the source, whose clock would be needed");
  }
  const times = await readWireTimes(file, clock, io);
  if (!times.points) return unused(times.why);
  const { points, doubtful } = times;
  const account = analyze({ ...input, wire: points });
  const lead = wireLead(points, account, input.source);
  const contradiction = contradictionOf(lead, clock, doubtful);
  return contradiction === undefined ? { account } : unused(contradiction);
}

/** What ended the reading of a stream early. */
interface StreamFailure {
  readonly file: string;
  readonly message: string;
  readonly isCut: boolean;
}

/** The items of a stream, and why there are no more; or why there are none at all. */
type MainStream =
  | { readonly items: readonly StreamItem[]; readonly failure?: StreamFailure }
  | { readonly items?: undefined; readonly failure: StreamFailure };

/** Reads the main channel. One that cannot be read leaves the traces, if there are any. */
async function readMainStream(
  { stream, resumed = [], offset, ...traces }: Recording,
  keepData: boolean,
  io: Io,
): Promise<MainStream | undefined> {
  if (stream === undefined) return undefined;
  const hasTrace = traces.source !== undefined || traces.destination !== undefined;
  const choice = offset === undefined ? {} : { offset };
  try {
    const read = await readConnections([stream, ...resumed], io, { keepData, ...choice });
    const { items, failure, broken: file } = read;
    if (!failure) return { items };
    const { message } = failure;
    if (items.length > 0) return { items, failure: { file, message, isCut: isCut(failure) } };
    throw new NotAStream(`${file}: ${message}`);
  } catch (error) {
    if (!(error instanceof NotAStream) || !hasTrace) throw error;
    const message = error.message.replace(`${stream}: `, "");
    return { failure: { file: stream, message, isCut: false } };
  }
}

function fromTracesAlone({ message }: StreamFailure): string {
  return `the stream cannot be read, and this analysis is of the traces alone: ${message}`;
}

function sizesOf(files: readonly string[]): Promise<number[]> {
  return Promise.all(files.map(sizeOf));
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
  const there = await stat(dir).catch(() => undefined);
  if (!there) throw new Failure(`${dir}: no such file or folder`);
  if (!there.isDirectory()) {
    throw new Failure(
      `${dir}: is no folder; a file is given by --stream, --source or --destination`,
    );
  }
  const found = recordingNames(dir, await namesInRecording(dir), given);
  const inFolder = (name: string | undefined) => name && path.join(dir, name);
  const stream = given.stream ?? inFolder(found.stream);
  const source = given.source ?? inFolder(found.source);
  const destination = given.destination ?? inFolder(found.destination);
  const sourceEvents = given.sourceEvents ?? inFolder(found.sourceEvents);
  const destinationEvents = given.destinationEvents ?? inFolder(found.destinationEvents);
  const wire = given.wire ?? inFolder(found.wire);
  const ofStream = (names: readonly string[]) =>
    given.stream === undefined ? names.map((name) => path.join(dir, name)) : undefined;
  const resumed = given.resumed ?? ofStream(found.resumed);
  const channels = given.channels ?? ofStream(found.channels);
  const { attempt } = given;
  const about = aboutRecording(await readAbout(dir));
  const clockOffset = given.clockOffset ?? (about.sameClock ? 0n : undefined);
  if (!stream && !source && !destination) {
    const within = await recordingWithin(dir);
    const hint = within === undefined ? "" : `; a recording is ${within}`;
    throw new Failure(
      `${dir}: no ${STREAM_FILE} or ${MAIN_CHANNEL_FILE}, and no trace of either side in it${hint}`,
    );
  }
  return {
    ...(stream && { stream }),
    ...(given.offset !== undefined && { offset: given.offset }),
    ...(resumed && { resumed }),
    ...(channels && { channels }),
    ...(source && { source }),
    ...(destination && { destination }),
    ...(sourceEvents && { sourceEvents }),
    ...(destinationEvents && { destinationEvents }),
    ...(wire && { wire }),
    ...(clockOffset !== undefined && { clockOffset }),
    ...(attempt !== undefined && { attempt }),
    ...(about.transport === "file" && { toFile: true }),
  };
}
