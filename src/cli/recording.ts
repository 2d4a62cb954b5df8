import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { MigrationAccount } from "../analysis/account.js";
import { analyze } from "../analysis/analyze.js";
import type { WirePoint } from "../analysis/arrival.js";
import { sidesTold } from "../analysis/find-problems.js";
import type { EventTable } from "../model/event-table.js";
import type { Evidence } from "../report/evidence.js";
import type { EventRecord } from "../traces/record.js";
import type { EventColumns } from "./event-columns.js";
import { eventList } from "./event-list.js";
import { exists, readText } from "./files.js";
import { recordingWithin } from "./fleet/find-recordings.js";
import { Failure, type Io } from "./io.js";
import { isCut, readConnections } from "./read-connections.js";
import { ownTraceEvents, readEvents } from "./read-events.js";
import { type FileDamage, type KeptEvents, readSide, type SideTrace } from "./read-side.js";

export type { FileDamage } from "./read-side.js";

/** The files of one migration. */
export interface Recording {
  /** The bytes of the main channel; without it the items are those that the traces tell. */
  readonly stream?: string;
  /** Those of the connections, in order, by which a paused postcopy went on. */
  readonly resumed?: readonly string[];
  readonly source?: string;
  readonly destination?: string;
  /** The trace-events file of a side's QEMU, where the two are of different versions. */
  readonly sourceEvents?: string;
  readonly destinationEvents?: string;
  /** `OFFSET NANOSECONDS` lines: when chunks of the stream passed a tap. */
  readonly wire?: string;
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
  readonly damage: readonly FileDamage[];
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
}

/** What is to be kept besides what the account is made of. */
export interface JoinOptions extends KeptEvents {
  /** The state of devices, with the items. */
  readonly keepData?: boolean;
}

/**
 * Reads what a recording holds and joins it. Where the declarations that were found do not fit its
 * traces, the project's own are tried. Damage is told on stderr and leaves the rest standing; throws
 * `Failure` for a file that is not what it is given for.
 */
export async function analyzeRecording(
  recording: Recording,
  events: readonly string[] | undefined,
  io: Io,
  options: JoinOptions = {},
): Promise<AnalyzedRecording> {
  const joined = await joinByBestEvents(recording, events, io, options);
  refuseSwapped(recording, joined);
  for (const damage of joined.damage) {
    const text = `${damage.file}: ${damageText(damage)}`;
    if (damage.unreadable) throw new Failure(text);
    io.err(`qtrace: ${text}\n`);
  }
  const { account, damaged } = joined;
  return { account, evidence: evidenceOf(joined), damaged };
}

async function joinByBestEvents(
  recording: Recording,
  events: readonly string[] | undefined,
  io: Io,
  options: JoinOptions,
): Promise<JoinedRecording> {
  const trace = recording.source ?? recording.destination;
  const { table, from } = await readEvents(events, trace, io);
  const joined = await joinRecording(recording, table, io, options);
  if (events || !trace || hasOwnEvents(recording)) return joined;
  if (joined.misfits > 0) {
    const own = await readEvents([await ownTraceEvents()], trace, io);
    const both = own.table.concat(table);
    const again = await joinRecording(recording, both, io, options);
    if (again.misfits < joined.misfits) {
      io.err(`qtrace: events as declared in qtrace's own, which fit better, and ${from}\n`);
      return again;
    }
  }
  io.err(`qtrace: events as declared in ${from}\n`);
  return joined;
}

/** Whether each trace has declarations of its own. */
function hasOwnEvents({ source, destination, ...own }: Recording): boolean {
  return (
    (source === undefined || own.sourceEvents !== undefined) &&
    (destination === undefined || own.destinationEvents !== undefined)
  );
}

function refuseSwapped(recording: Recording, joined: JoinedRecording): void {
  for (const side of ["source", "destination"] as const) {
    const told = sidesTold(joined[side] ?? []);
    if (told.length === 0 || told.includes(side)) continue;
    throw new Failure(
      `${recording[side]} is the trace of a ${told[0]}, and was given as that of a ${side}`,
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

/** Reads what a recording holds, its traces by the events of a table, and joins it. */
export async function joinRecording(
  recording: Recording,
  table: EventTable,
  io: Io,
  { keepData = false, ...keep }: JoinOptions = {},
): Promise<JoinedRecording> {
  const stream = recording.stream
    ? await readConnections([recording.stream, ...(recording.resumed ?? [])], io, { keepData })
    : undefined;
  const read = async (file: string | undefined, own: string | undefined) => {
    if (file === undefined) return undefined;
    const declared = own === undefined ? table : (await readEvents([own], file, io)).table;
    return readSide(file, declared, io, keep);
  };
  const source = await read(recording.source, recording.sourceEvents);
  const destination = await read(recording.destination, recording.destinationEvents);
  const wire = await readWire(recording.wire, source, io);
  const account = analyze({
    ...(stream && { items: stream.items }),
    ...(wire && { wire }),
    ...(source && { source: source.records }),
    ...(destination && { destination: destination.records }),
    ...(source?.density && { sourceDensity: source.density }),
    ...(destination?.density && { destinationDensity: destination.density }),
  });
  const failure = stream?.failure;
  const cut = failure && {
    file: stream.broken,
    message: failure.message,
    ...(stream.items.length === 0 && { unreadable: true }),
  };
  const brokenTrace = Boolean(source?.damaged || destination?.damaged);
  return {
    account,
    source: source?.records,
    destination: destination?.records,
    damaged: Boolean(cut || brokenTrace),
    cut: !brokenTrace && failure !== undefined && isCut(failure),
    damage: [...(cut ? [cut] : []), ...(source?.damage ?? []), ...(destination?.damage ?? [])],
    misfits: (source?.misfits ?? 0) + (destination?.misfits ?? 0),
    events: {
      ...(source?.events && { source: source.events }),
      ...(destination?.events && { destination: destination.events }),
    },
  };
}

/** A tap has CLOCK_MONOTONIC; a log's wall clock cannot be held against it. */
async function readWire(
  file: string | undefined,
  source: SideTrace | undefined,
  io: Io,
): Promise<WirePoint[] | undefined> {
  if (file === undefined || source?.clock !== "monotonic") return undefined;
  const text = await readText(file, io);
  const points = parseWireTimes(text);
  if (points.length === 0 && text !== "") {
    throw new Failure(`${file}: no line of it is OFFSET NANOSECONDS`);
  }
  return points;
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
  const resumed = given.resumed ?? (given.stream ? undefined : await resumedIn(dir));
  const sourceEvents = given.sourceEvents ?? (await find("source.trace-events-all"));
  const destinationEvents = given.destinationEvents ?? (await find("destination.trace-events-all"));
  const wire = given.wire ?? (await find("channel0.times"));
  if (!stream && !source && !destination) {
    const within = await recordingWithin(dir);
    const hint = within === undefined ? "" : `; a recording is ${within}`;
    throw new Failure(
      `${dir}: no stream.bin or channel0.bin, and no trace of either side in it${hint}`,
    );
  }
  return {
    ...(stream && { stream }),
    ...(resumed && { resumed }),
    ...(source && { source }),
    ...(destination && { destination }),
    ...(sourceEvents && { sourceEvents }),
    ...(destinationEvents && { destinationEvents }),
    ...(wire && { wire }),
  };
}

/** The connections, in order, by which a paused postcopy went on, as `receive` names them. */
async function resumedIn(dir: string): Promise<string[]> {
  const timeOf = (name: string) => Number(/^channel0\.resumed(\d+)\.bin$/.exec(name)?.[1] ?? 0);
  const names = (await readdir(dir)).filter((name) => timeOf(name) > 0);
  return names.sort((a, b) => timeOf(a) - timeOf(b)).map((name) => path.join(dir, name));
}

function parseWireTimes(text: string): WirePoint[] {
  return text
    .split("\n")
    .filter((line) => /^\d+ \d+$/.test(line))
    .map((line) => line.split(" "))
    .map(([offset, at]) => ({ offset: Number(offset), at: BigInt(at!) }));
}
