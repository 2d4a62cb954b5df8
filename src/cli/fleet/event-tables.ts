import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { EventTable } from "../../model/event-table.js";
import { unreadable } from "../files.js";
import type { Io } from "../io.js";
import { locateEvents, ownTraceEvents, readEvents } from "../read-events.js";
import type { JoinedRecording, Recording } from "../recording.js";

/** Reads the declarations of events for many traces: what is the same is read once. */
export class EventTables {
  readonly #wanted: readonly string[] | undefined;
  readonly #io: Io;
  readonly #tables = new Map<string, Promise<EventTable>>();

  /** `wanted`: the trace-events files that the user named. */
  constructor(wanted: readonly string[] | undefined, io: Io) {
    this.#wanted = wanted;
    this.#io = io;
  }

  /**
   * Joins a recording by the declarations that decode its traces; where those that were found do not
   * fit, by the project's own, as `analyze` does. Throws `Failure`.
   */
  async best(
    { source, destination }: Recording,
    join: (table: EventTable) => Promise<JoinedRecording>,
  ): Promise<JoinedRecording> {
    const trace = source ?? destination;
    if (this.#wanted) return join(await this.#read(this.#wanted, "wanted"));
    const file = await locateEvents(trace);
    const table = await this.#read([file], await contentKey(file));
    const joined = await join(table);
    if (joined.misfits === 0) return joined;
    const own = await this.#read([await ownTraceEvents()], "own");
    const again = await join(own.concat(table));
    return again.misfits < joined.misfits ? again : joined;
  }

  /** Reads the files that the user named, if any, to tell early what is wrong with them. */
  async check(): Promise<void> {
    if (this.#wanted) await this.#read(this.#wanted, "wanted");
  }

  async #read(files: readonly string[], key: string): Promise<EventTable> {
    const known = this.#tables.get(key);
    if (known) return known;
    const table = readEvents(files, undefined, this.#io).then((found) => found.table);
    this.#tables.set(key, table);
    return table;
  }
}

/** Recordings have copies of the same file beside them. */
async function contentKey(file: string): Promise<string> {
  const info = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (info.isDirectory()) return file;
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
