import type { EventTable } from "../model/event-table.js";
import type { PrintfValue } from "../printf/piece.js";
import type { TraceDamage } from "./damage.js";
import type { DetectingReader } from "./detecting-reader.js";
import type { TraceRecord } from "./record.js";
import type { RecordCursor } from "./record-cursor.js";
import { SimpletraceScanner } from "./simpletrace/scanner.js";
import type { TraceFormat } from "./trace-format.js";
import type { TraceReader } from "./trace-reader.js";

/** How a trace is opened. */
export interface TraceOptions {
  /** The format, where its content cannot tell it: see `traceFormats`. */
  readonly format?: TraceFormat;
  /** Which records are wanted; all of them unless told. Asked before a record is made of one. */
  readonly select?: (cursor: RecordCursor) => boolean;
}

/**
 * What is to be done with events, by their names. A handler gets the arguments by their names, typed
 * as `Events` says: read those that are wanted before it returns, they are decoded one by one.
 */
export type EventHandlers<Events> = {
  readonly [Name in keyof Events]?: (args: Events[Name], cursor: RecordCursor) => void;
};

/** The arguments of any event: 64-bit integers and pointers are bigint. */
export type AnyEvents = Record<string, Readonly<Record<string, PrintfValue>>>;

/** A trace that is open. It is read once, in one of three ways; leaving early releases the input. */
export class Trace implements AsyncIterable<TraceRecord> {
  readonly #reader: DetectingReader;
  readonly #chunks: AsyncIterator<Uint8Array, void, void>;
  readonly #events: EventTable;
  readonly #select: ((cursor: RecordCursor) => boolean) | undefined;
  #begun = false;

  constructor(
    reader: DetectingReader,
    chunks: AsyncIterator<Uint8Array, void, void>,
    events: EventTable,
    options: TraceOptions,
  ) {
    this.#reader = reader;
    this.#chunks = chunks;
    this.#events = events;
    this.#select = options.select;
  }

  /** The format, once reading has begun. */
  get format(): TraceFormat | undefined {
    return this.#reader.format;
  }

  /** What is wrong with the trace, as far as it was read, whatever is selected of it. */
  get damage(): TraceDamage {
    return this.#reader.damage;
  }

  /** How many bytes were read so far; of a compressed trace, behind the decompression. */
  get position(): number {
    return this.#reader.position;
  }

  /** The records, as objects that last. The shortest way; `each` is the fastest. */
  [Symbol.asyncIterator](): AsyncIterator<TraceRecord, void, void> {
    this.#begin();
    const close = async (): Promise<IteratorResult<TraceRecord, void>> => {
      await this.#chunks.return?.();
      return { done: true, value: undefined };
    };
    const feedAndNext = async (): Promise<IteratorResult<TraceRecord, void>> => {
      try {
        while (await this.#feed()) {
          const record = this.#next();
          if (record) return { done: false, value: record };
        }
      } catch (error) {
        await this.#chunks.return?.();
        throw error;
      }
      return { done: true, value: undefined };
    };
    return {
      // Where a record is at hand no generator is resumed: that would cost as much as the record.
      next: () => {
        let record: TraceRecord | undefined;
        try {
          record = this.#next();
        } catch (error) {
          return close().then(() => Promise.reject(error));
        }
        return record ? Promise.resolve({ done: false, value: record }) : feedAndNext();
      },
      return: close,
    };
  }

  /**
   * Calls back for each record, with the cursor that stands at it: no object is made of it, and an
   * argument is decoded when `cursor.value` asks for it. `false` ends the reading.
   */
  async each(visit: (cursor: RecordCursor) => unknown): Promise<void> {
    await this.eachChunk((reader) => {
      const select = this.#select;
      while (reader.advance()) {
        if (select && !select(reader)) continue;
        if (visit(reader) === false) return false;
      }
      return true;
    });
  }

  /**
   * Calls back for each stretch of records that is there; `visit` steps through them with
   * `reader.advance()`, may wait, and gives false to end the reading. For those who write as they
   * read. `select` is not asked.
   */
  async eachChunk(visit: (reader: TraceReader) => boolean | Promise<boolean>): Promise<void> {
    this.#begin();
    try {
      while (await this.#feed()) {
        const { reader } = this.#reader;
        if (reader && !(await visit(reader))) return;
      }
    } finally {
      await this.#chunks.return?.();
    }
  }

  /**
   * Calls a handler for each event that has one, and `otherwise` for all other records. Throws if a
   * name is not declared.
   */
  async handle<Events = AnyEvents>(
    handlers: EventHandlers<Events>,
    otherwise?: (cursor: RecordCursor) => void,
  ): Promise<void> {
    const byName = new Map(Object.entries(handlers)) as Map<string, AnyHandler>;
    for (const name of byName.keys()) {
      if (!this.#events.get(name)) throw new Error(`no event ${name} is declared`);
    }
    const byKey: (BoundHandler | null | undefined)[] = [];
    await this.each((cursor) => {
      const { key } = cursor;
      if (cursor.type === "event") {
        let bound = byKey[key];
        if (bound === undefined) {
          bound = bindHandler(byName.get(cursor.name), cursor);
          byKey[key] = bound;
        }
        if (bound) {
          bound.handler(bound.args, cursor);
          return;
        }
      }
      otherwise?.(cursor);
    });
  }

  /** How many records there are of each event, by name; records that are damaged are not among them. */
  async count(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const add = (name: string, count: number) => counts.set(name, (counts.get(name) ?? 0) + count);
    const select = this.#select;
    let scanner: SimpletraceScanner | undefined;
    await this.eachChunk((reader) => {
      if (reader instanceof SimpletraceScanner && !select) scanner = reader;
      scanner?.countRun();
      while (reader.advance()) {
        if (reader.type === "event" && (!select || select(reader))) add(reader.name, 1);
        scanner?.countRun();
      }
      return true;
    });
    for (const [name, count] of scanner?.bindings.counted() ?? []) add(name, count);
    return counts;
  }

  #begin(): void {
    if (this.#begun) throw new Error("a trace is read once: open it again");
    this.#begun = true;
  }

  #ended = false;

  /** Feeds the next chunk, then the end; false behind it. */
  async #feed(): Promise<boolean> {
    if (this.#ended) return false;
    const { done, value } = await this.#chunks.next();
    if (!done) {
      this.#reader.append(value);
      return true;
    }
    this.#ended = true;
    this.#reader.end();
    return true;
  }

  #next(): TraceRecord | undefined {
    const { reader } = this.#reader;
    if (!reader) return undefined;
    if (!this.#select) return reader.next();
    while (reader.advance()) if (this.#select(reader)) return reader.record();
    return undefined;
  }
}

type AnyHandler = (args: Readonly<Record<string, PrintfValue>>, cursor: RecordCursor) => void;

interface BoundHandler {
  readonly handler: AnyHandler;
  /** Each property reads from the cursor. */
  readonly args: Readonly<Record<string, PrintfValue>>;
}

function bindHandler(handler: AnyHandler | undefined, cursor: RecordCursor): BoundHandler | null {
  if (!handler) return null;
  const args: Record<string, PrintfValue> = {};
  cursor.event!.arguments.forEach(({ name }, index) => {
    Object.defineProperty(args, name, { enumerable: true, get: () => cursor.value(index) });
  });
  return { handler, args };
}
