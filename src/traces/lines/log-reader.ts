import { DecodeError } from "../../bytes/decode-error.js";
import { encodeUtf8 } from "../../bytes/utf8.js";
import type { EventModel } from "../../model/event-model.js";
import type { EventTable } from "../../model/event-table.js";
import type { PrintfValue } from "../../printf/piece.js";
import { damageNames, TraceDamage } from "../damage.js";
import type { RawReason, TraceRecord } from "../record.js";
import type { TraceReader } from "../trace-reader.js";
import { FormatReader, type FormatReading } from "./format-reader.js";
import { type LineFormat, type LinePrefix, readPrefix } from "./line-format.js";
import { LineSplitter } from "./line-splitter.js";
import { LogRecord } from "./log-record.js";

/** An event's name, as lines of logs have it. */
interface NamedEvent {
  readonly name: string;
  readonly key: number;
  readonly event: EventModel;
  readonly reader: FormatReader;
}

/** Nearly all events' names have an underscore; words of other text do not. */
const eventName = /^[A-Za-z][^\W_]*_\w*$/;

/**
 * Reads a log of lines: events back into their arguments, by the declared formats turned round. A
 * line that is none is kept as text. A last line without its end is a cut one.
 */
export class LogReader implements TraceReader {
  type: TraceRecord["type"] = "text";
  name = "";
  event: EventModel | undefined;
  key = -1;
  done = false;
  readonly format: LineFormat;
  readonly damage = new TraceDamage();
  readonly #events: EventTable;
  readonly #named = new Map<string, NamedEvent>();
  readonly #lines = new LineSplitter();
  #ended = false;
  #prefix: LinePrefix = { length: 0, timestamp: 0n, pid: 0 };
  #reading: FormatReading | undefined;
  #reason: RawReason = "format";
  #text = "";
  /** True for a log of Windows, whose lines end in a carriage return and a newline. */
  #carriageReturns = false;

  constructor(events: EventTable, format: LineFormat) {
    this.#events = events;
    this.format = format;
  }

  append(chunk: Uint8Array): void {
    this.#lines.append(chunk);
  }

  end(): void {
    this.#ended = true;
  }

  get position(): number {
    return this.#lines.position;
  }

  get offset(): number {
    return this.#lines.offset;
  }

  get size(): number {
    return this.#lines.size;
  }

  get timestamp(): bigint {
    return this.#prefix.timestamp;
  }

  get microseconds(): number {
    return Number(this.#prefix.timestamp) / 1000;
  }

  get pid(): number {
    return this.#prefix.pid;
  }

  advance(): boolean {
    if (this.done) return false;
    if (!this.#lines.advance()) {
      this.done = this.#ended;
      if (this.done && this.#lines.unfinished > 0) {
        throw new DecodeError("cut short: the last line has no end", this.position);
      }
      return false;
    }
    const line = this.#lineText();
    const prefix = readPrefix(this.format, line);
    if (prefix) this.#takeLine(line, prefix);
    else this.#takeText(none);
    return true;
  }

  value(index: number): PrintfValue {
    return this.type === "event" ? (this.#reading!.values[index] ?? null) : null;
  }

  record(): TraceRecord {
    const { name, offset } = this;
    const { timestamp, pid } = this.#prefix;
    const head = { timestamp, pid, offset };
    if (this.type === "event") {
      const { values, uncertain } = this.#reading!;
      return new LogRecord(this.event!, head, values, this.#text, uncertain);
    }
    if (this.type === "text") return { type: "text", name: "", ...head, text: this.#lineText() };
    const payload = encodeUtf8(this.#text);
    return { type: "raw", reason: this.#reason, name, ...head, payload };
  }

  next(): TraceRecord | undefined {
    return this.advance() ? this.record() : undefined;
  }

  /** The line, without the carriage return that ends all lines of a log if it ends the first. */
  #lineText(): string {
    const { line, offset } = this.#lines;
    if (offset === 0) this.#carriageReturns = line.endsWith("\r");
    return this.#carriageReturns && line.endsWith("\r") ? line.slice(0, -1) : line;
  }

  #takeLine(line: string, prefix: LinePrefix): void {
    const blank = line.indexOf(" ", prefix.length);
    const name = line.slice(prefix.length, blank < 0 ? line.length : blank);
    const named = this.#named.get(name) ?? this.#lookUp(name);
    if (!named && (prefix.length === 0 || blank < 0 || !eventName.test(name))) {
      this.#takeText(prefix);
      return;
    }
    this.#prefix = prefix;
    this.#text = blank < 0 ? "" : line.slice(blank + 1);
    this.name = name;
    this.#reading = named?.reader.read(this.#text);
    this.type = this.#reading ? "event" : "raw";
    this.event = this.#reading && named!.event;
    this.key = named?.key ?? -1;
    if (this.#reading) this.#noteEvent(this.#reading);
    else this.#noteRaw(named ? "format" : "undeclared");
  }

  #takeText(prefix: LinePrefix): void {
    this.#prefix = prefix;
    this.type = "text";
    this.name = "";
    this.event = undefined;
    this.key = -1;
    this.damage.add(damageNames.text, 1);
  }

  #noteEvent({ uncertain }: FormatReading): void {
    if (uncertain) this.damage.add(damageNames.uncertain, 1);
    this.damage.noteTime(this.#prefix.timestamp, this.#prefix.pid);
  }

  #noteRaw(reason: RawReason): void {
    this.#reason = reason;
    this.damage.addRaw(reason, this.name);
  }

  #lookUp(name: string): NamedEvent | undefined {
    const event = this.#events.get(name);
    if (!event) return undefined;
    const named = { name, key: this.#named.size, event, reader: new FormatReader(event) };
    this.#named.set(name, named);
    return named;
  }
}

const none: LinePrefix = { length: 0, timestamp: 0n, pid: 0 };
