import { ByteWindow } from "../bytes/byte-window.js";
import type { EventModel } from "../model/event-model.js";
import type { PrintfValue } from "../printf/piece.js";
import { TraceDamage } from "./damage.js";
import type { TraceRecord } from "./record.js";
import type { TraceFormat } from "./trace-format.js";
import type { TraceReader } from "./trace-reader.js";

/** Tells the format of what bytes begin with; `undefined` where it needs more of them. */
export type Detect = (bytes: Uint8Array, ended: boolean) => Detected | undefined;

/** A format, and a reader of it. */
export interface Detected {
  readonly format: TraceFormat;
  readonly reader: TraceReader;
}

/**
 * The sample must have grown by this part before it is looked at again: at every chunk, the time that
 * tiny chunks take would grow with the square of their number.
 */
const GROWTH = 1 / 8;

/** Reads a trace whose format is told by its first bytes. */
export class DetectingReader implements TraceReader {
  readonly #detect: Detect;
  readonly #none = new TraceDamage();
  #sample = new ByteWindow("little");
  /** How much of it was looked at. */
  #seen = 0;
  #detected: Detected | undefined;
  #ended = false;
  #failed = false;

  constructor(detect: Detect) {
    this.#detect = detect;
  }

  /** The format, once there were bytes enough to tell it. */
  get format(): TraceFormat | undefined {
    return this.#detected?.format;
  }

  /** The reader of that format, for those who step through many records. */
  get reader(): TraceReader | undefined {
    if (!this.#detected) this.#tryDetect();
    return this.#detected?.reader;
  }

  append(chunk: Uint8Array): void {
    if (this.#detected) this.#detected.reader.append(chunk);
    else this.#sample.append(chunk);
  }

  end(): void {
    this.#ended = true;
    this.#detected?.reader.end();
  }

  advance(): boolean {
    return this.reader?.advance() ?? false;
  }

  next(): TraceRecord | undefined {
    return this.advance() ? this.record() : undefined;
  }

  record(): TraceRecord {
    return this.#current.record();
  }

  value(index: number): PrintfValue {
    return this.#current.value(index);
  }

  get done(): boolean {
    return this.#failed || (this.#detected?.reader.done ?? false);
  }

  get damage(): TraceDamage {
    return this.#detected?.reader.damage ?? this.#none;
  }

  get position(): number {
    return this.#detected?.reader.position ?? 0;
  }

  get type(): TraceRecord["type"] {
    return this.#current.type;
  }

  get name(): string {
    return this.#current.name;
  }

  get event(): EventModel | undefined {
    return this.#current.event;
  }

  get key(): number {
    return this.#current.key;
  }

  get timestamp(): bigint {
    return this.#current.timestamp;
  }

  get microseconds(): number {
    return this.#current.microseconds;
  }

  get pid(): number {
    return this.#current.pid;
  }

  get offset(): number {
    return this.#current.offset;
  }

  get size(): number {
    return this.#current.size;
  }

  get #current(): TraceReader {
    if (!this.#detected) throw new Error("no record yet: advance first");
    return this.#detected.reader;
  }

  #tryDetect(): void {
    const { available } = this.#sample;
    if (this.#failed || (!this.#ended && available < this.#seen * (1 + GROWTH))) return;
    const sample = this.#sample.peekBytes(available);
    this.#seen = Math.max(available, 1);
    try {
      this.#detected = this.#detect(sample, this.#ended);
    } catch (error) {
      this.#failed = true;
      throw error;
    }
    if (!this.#detected) return;
    this.#detected.reader.append(sample);
    if (this.#ended) this.#detected.reader.end();
    this.#sample = new ByteWindow("little");
  }
}
