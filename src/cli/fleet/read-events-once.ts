import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { EventTable } from "../../model/event-table.js";
import type { Io } from "../io.js";
import { locateEvents, readEvents } from "../read-events.js";

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

  /** The declarations that decode a trace. Throws `Failure`. */
  async for(trace: string | undefined): Promise<EventTable> {
    const files = this.#wanted ?? [await locateEvents(trace)];
    const key = this.#wanted ? "" : await contentKey(files[0]!);
    const known = this.#tables.get(key);
    if (known) return known;
    const table = readEvents(files, trace, this.#io).then((found) => found.table);
    this.#tables.set(key, table);
    return table;
  }
}

/** Recordings have copies of the same file beside them. */
async function contentKey(file: string): Promise<string> {
  if ((await stat(file)).isDirectory()) return file;
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
