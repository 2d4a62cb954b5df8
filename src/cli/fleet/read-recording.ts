import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { DecodeError } from "../../bytes/decode-error.js";
import { type AboutRecording, aboutRecording } from "../../fleet/about-recording.js";
import type { Damage, Recorded, RecordingPlace } from "../../fleet/recorded.js";
import { readAbout } from "../files.js";
import { Failure, type Io } from "../io.js";
import {
  type FileDamage,
  findRecording,
  type JoinedRecording,
  joinRecording,
  type Recording,
} from "../recording.js";
import type { EventTables } from "./event-tables.js";

/** Where recordings belong that do not tell it, and how they are read. */
export interface ReadOptions {
  readonly host: string | undefined;
  readonly date: Date | undefined;
  /** Whether recordings are kept of which a file is broken. */
  readonly salvage: boolean;
  /** Whether all is kept that a recording's own page shows: devices' state, all events. */
  readonly keepAll: boolean;
  /** Further events to keep, by name. */
  readonly keepEvent: ((name: string) => boolean) | undefined;
}

/** The host of recordings that tell none. */
export const UNKNOWN_HOST = "unknown";

/** A recording before it is read: which it is, by its content. */
export interface IdentifiedRecording {
  readonly place: RecordingPlace;
  readonly about: AboutRecording;
  readonly files: Recording;
  /** Why it cannot be read at all. */
  readonly broken?: Damage;
}

/** What a folder has: a recording's rows' source, or only what is wrong with it. */
export type ReadRecording =
  | {
      readonly skipped: false;
      readonly recorded: Recorded;
      readonly joined: JoinedRecording;
    }
  | { readonly skipped: true; readonly place: RecordingPlace; readonly damage: readonly Damage[] };

/** Finds a folder's files and what tells the recording from all others: a hash of their content. */
export async function identifyRecording(
  folder: string,
  { host, date }: ReadOptions,
): Promise<IdentifiedRecording> {
  const about = aboutRecording(await readAbout(folder));
  const hash = createHash("sha256");
  let files: Recording = {};
  let broken: Damage | undefined;
  let time = date ?? about.time;
  try {
    files = await findRecording(folder);
    const evidence = [files.stream, files.source, files.destination];
    for (const [index, file] of evidence.entries()) {
      hash.update(`${index}`);
      if (file !== undefined) hashFile(hash, file);
    }
    time ??= await oldest(evidence);
  } catch (error) {
    // A folder without a file that can be read is told by its path.
    hash.update(folder);
    broken = damageOf(folder, error);
  }
  const place = {
    recording: hash.digest("hex").slice(0, 32),
    folder,
    name: path.basename(folder),
    host: host ?? about.host ?? UNKNOWN_HOST,
    time: time ?? (await stat(folder)).mtime,
  };
  return { place, about, files, ...(broken && { broken }) };
}

/** Reads an identified recording. What goes wrong with it is its damage, and ends nothing else. */
export async function readRecording(
  { place, about, files, broken }: IdentifiedRecording,
  events: EventTables,
  { salvage, keepAll, keepEvent }: ReadOptions,
  io: Io,
): Promise<ReadRecording> {
  if (broken) return { skipped: true, place, damage: [broken] };
  try {
    const keep = { keepData: keepAll, keepAll, ...(keepEvent && { keepEvent }) };
    const joined = await events.best(files, (table) => joinRecording(files, table, io, keep));
    const { account, source = [], destination = [] } = joined;
    // The stream of a migration that failed or was cancelled ends where it was left.
    const unfinished = joined.cut && !["completed", undefined].includes(account.outcome.state);
    const wrong = joined.damage.filter(({ file }) => !(unfinished && file === files.stream));
    const damage = wrong.map(inFolder);
    const damaged = joined.damaged && !unfinished;
    // What the traces alone give is complete, whether or not the stream can be read.
    const isPartial = damaged && joined.streamProblem === undefined;
    if (isPartial && !salvage) return { skipped: true, place, damage };
    const recorded = { place, about, account, source, destination, damage, damaged };
    return { skipped: false, recorded, joined };
  } catch (error) {
    return { skipped: true, place, damage: [damageOf(place.folder, error)] };
  }
}

/** Of thousands of small files, streams would cost more than the hash; and this thread waits anyway. */
function hashFile(hash: ReturnType<typeof createHash>, file: string): void {
  const handle = openSync(file, "r");
  try {
    for (;;) {
      const length = readSync(handle, hashed, 0, hashed.length, null);
      if (length === 0) return;
      hash.update(hashed.subarray(0, length));
    }
  } finally {
    closeSync(handle);
  }
}

const hashed = Buffer.alloc(1 << 20);

/** When the first of the files was written to its end. */
async function oldest(files: readonly (string | undefined)[]): Promise<Date> {
  const times = await Promise.all(
    files.filter((file) => file !== undefined).map(async (file) => (await stat(file)).mtimeMs),
  );
  return new Date(Math.min(...times));
}

function inFolder(damage: FileDamage): Damage {
  return { ...damage, file: path.basename(damage.file) };
}

function damageOf(folder: string, error: unknown): Damage {
  if (!(error instanceof Failure || error instanceof DecodeError || isSystemError(error))) {
    throw error;
  }
  const message = error.message.replace(`${folder}: `, "").replace(`${folder}${path.sep}`, "");
  return { file: "", message };
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
