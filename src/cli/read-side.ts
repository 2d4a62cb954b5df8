import type { LogMessage } from "../analysis/outcome.js";
import { looselyReadEvents, relevantEvents } from "../analysis/relevant-events.js";
import { DensityCounter, type TraceDensity } from "../analysis/trace-density.js";
import { DecodeError } from "../bytes/decode-error.js";
import type { EventTable } from "../model/event-table.js";
import { TraceDamage } from "../traces/damage.js";
import type { TraceClock } from "../traces/lines/line-format.js";
import { openTrace } from "../traces/open-trace.js";
import type { EventRecord } from "../traces/record.js";
import type { RecordCursor } from "../traces/record-cursor.js";
import { EventColumns } from "./event-columns.js";
import { readFileChunks } from "./files.js";
import type { Io } from "./io.js";
import { byProgram } from "./run-decompressor.js";

/** Something of a file that could not be read. */
export interface FileDamage {
  readonly file: string;
  readonly message: string;
  /** How often, where it is counted. */
  readonly count?: number;
  /** Nothing of the file could be read: it is not what it was given for. */
  readonly unreadable?: boolean;
}

/** Which events are to be kept besides those that the account is made of. */
export interface KeptEvents {
  /** Further events, by name, with their arguments. */
  readonly keepEvent?: (name: string) => boolean;
  /** All events, for reports that show them: when each was, and the arguments of the most telling. */
  readonly keepAll?: boolean;
}

/** What a side's trace holds, as far as an account wants it. */
export interface SideTrace {
  /** The records of `relevantEvents`; a trace holds a thousand times as many others. */
  readonly records: readonly EventRecord[];
  /** How dense the trace is with all of its records; undefined of one without timestamps. */
  readonly density: TraceDensity | undefined;
  /** All events, where they are to be shown. */
  readonly events: EventColumns | undefined;
  readonly damage: readonly FileDamage[];
  /** What QEMU wrote on stderr between the events: its errors. */
  readonly messages: readonly LogMessage[];
  /** The trace could not be read to its end. */
  readonly damaged: boolean;
  /** Records of these events have other arguments than declared: the declarations are of another QEMU. */
  readonly misfits: number;
  /** What the timestamps count from; undefined of an empty trace. */
  readonly clock: TraceClock | undefined;
}

/** Reads a side's trace. What is damaged is passed over and told. */
export async function readSide(
  file: string,
  declared: EventTable,
  io: Io,
  { keepAll = false, keepEvent }: KeptEvents = {},
): Promise<SideTrace> {
  const damage = new TraceDamage();
  const records = new RelevantRecords(keepEvent);
  const density = new DensityCounter();
  const events = keepAll ? new EventColumns() : undefined;
  let empty = true;
  const chunks = async function* () {
    for await (const chunk of readFileChunks(file, io)) {
      empty &&= chunk.length === 0;
      yield chunk;
    }
  };
  const trace = openTrace(byProgram(file, chunks()), declared);
  let failure: FileDamage | undefined;
  let misfits = 0;
  const messages: LogMessage[] = [];
  try {
    await trace.each((cursor) => {
      events?.add(cursor);
      if (cursor.type === "event" || cursor.type === "raw") {
        density.count(cursor.microseconds, cursor.pid);
      }
      if (cursor.type === "event") {
        const record = records.offer(cursor, damage);
        if (record) density.keep(record.timestamp);
      } else if (cursor.type === "text") keepMessage(cursor, messages);
      else if (cursor.type === "dropped" || isRelevant(cursor)) {
        damage.note(cursor.record());
        if (cursor.type === "raw") misfits += 1;
      }
    });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const unreadable = !trace.format && !empty;
    failure = { file, message: error.message, unreadable };
  }
  const counted = Array.from(damage.counts, ([message, count]) => ({ file, message, count }));
  return {
    records: records.take(),
    density: density.density(),
    events,
    messages,
    damage: [...(failure ? [failure] : []), ...counted],
    damaged: failure !== undefined,
    misfits,
    clock: trace.format?.clock,
  };
}

/** So many messages are kept: a log can hold millions, and the first errors say what went wrong. */
const MESSAGES = 1000;

/** A line that is not an event, if QEMU wrote it: its name is before it. */
function keepMessage(cursor: RecordCursor, messages: LogMessage[]): void {
  if (messages.length >= MESSAGES) return;
  const record = cursor.record();
  if (record.type !== "text" || !/(?:^|\s)(?=\S*qemu)\S+: /.test(record.text)) return;
  messages.push({ text: record.text, offset: record.offset });
}

const relevance = new Map<string, boolean>();

function isRelevant({ name }: RecordCursor): boolean {
  let relevant = relevance.get(name);
  if (relevant === undefined) {
    relevant = relevantEvents.has(name);
    relevance.set(name, relevant);
  }
  return relevant;
}

/**
 * Takes the records that the account is made of. Of runs in which the source tells the same number
 * of bytes again and again, the first and the last suffice: they are most of a source's trace.
 */
class RelevantRecords {
  readonly #records: EventRecord[] = [];
  readonly #wanted: (name: string) => boolean;
  #last: EventRecord | undefined;
  #repeat: EventRecord | undefined;

  constructor(wanted: (name: string) => boolean = () => false) {
    this.#wanted = wanted;
  }

  /** Takes the cursor's record, and returns it, if it is one of them. */
  offer(cursor: RecordCursor, damage: TraceDamage): EventRecord | undefined {
    const wanted = this.#wanted(cursor.name);
    if (!wanted && !isRelevant(cursor)) return undefined;
    const record = cursor.record();
    if (record.type !== "event") return undefined;
    if (wanted || !looselyReadEvents.has(record.name)) damage.note(record);
    else damage.noteTime(record.timestamp, record.pid);
    if (wanted || record.name !== "migration_transferred_bytes") {
      this.#records.push(record);
      return record;
    }
    if (this.#last && record.values.every((value, index) => value === this.#last!.values[index])) {
      this.#repeat = record;
      return undefined;
    }
    this.#endRun();
    this.#last = record;
    this.#records.push(record);
    return record;
  }

  take(): readonly EventRecord[] {
    this.#endRun();
    return this.#records;
  }

  #endRun(): void {
    if (this.#repeat) this.#records.push(this.#repeat);
    this.#repeat = undefined;
  }
}
