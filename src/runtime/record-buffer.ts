import { encodeUtf8 } from "../bytes/utf8.js";
import { encodeArgument, encodeHalves, STRING_LIMIT, type Target } from "./encode-argument.js";
import type { TimeHalves } from "./time-halves.js";
import type { ArgumentValue, TraceEvent } from "./trace-event.js";

const MAGIC_LOW = 0x0aa4_29b4;
const MAGIC_HIGH = 0xf2b1_77cb;
const VERSION = 4;
const MAPPING = 0;
const RECORD = 1;
const ALL_ONES = 0xffff_ffff;
/** Its id is 0xfffffffffffffffe: so many events were lost (QEMU trace/simple.c, DROPPED_EVENT_ID). */
const DROPPED_LOW = 0xffff_fffe;
const TWO_POW_32 = 0x1_0000_0000;
const LENGTH_AT = 24;
/** Bytes of a record before its arguments, its type included. */
const RECORD_HEAD = 32;

/** Ten strings of the greatest length are the most that one record holds (QEMU's tracetool). */
export const RECORD_LIMIT = RECORD_HEAD + 10 * (4 + STRING_LIMIT);
/** Bytes of a record that tells of lost ones. */
export const DROPPED_LENGTH = RECORD_HEAD + 8;

/** Items of simpletrace 4 in little-endian bytes (QEMU trace/simple.c). Callers `reserve` room. */
export class RecordBuffer {
  /** How many bytes are in it. */
  length = 0;
  readonly #capacity: number;
  readonly #limit: number;
  readonly #pid: number;
  #target: Target;

  /** Of `capacity` bytes; grows to `limit` while nobody takes them. */
  constructor(capacity: number, limit: number, pid: number) {
    this.#capacity = capacity;
    this.#limit = limit;
    this.#pid = pid;
    this.#target = targetOf(capacity);
  }

  /** What is in the buffer, as bytes of their own; the buffer is empty then. */
  take(): Uint8Array {
    const { bytes } = this.#target;
    const length = this.length;
    this.length = 0;
    if (length * 2 < bytes.length) return bytes.slice(0, length);
    // Giving the bytes away costs a fifth of copying them.
    this.#target = targetOf(this.#capacity);
    return bytes.subarray(0, length);
  }

  /** Makes room for so many bytes more; gives false if there is none to be had. */
  reserve(length: number): boolean {
    const wanted = this.length + length;
    return wanted <= this.#target.bytes.length || this.#grow(wanted);
  }

  header(): void {
    const { view } = this.#target;
    const magic = encodeHalves(view, this.length, ALL_ONES, ALL_ONES);
    const version = encodeHalves(view, magic, MAGIC_LOW, MAGIC_HIGH);
    this.length = encodeHalves(view, version, VERSION, 0);
  }

  mapping(id: number, name: string): void {
    const { bytes, view } = this.#target;
    const text = encodeUtf8(name);
    const at = encodeHalves(view, encodeHalves(view, this.length, MAPPING, 0), id, 0);
    view.setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    this.length = at + 4 + text.length;
  }

  /** A record of an event. */
  record(
    { id, arguments: definitions }: TraceEvent,
    values: readonly ArgumentValue[],
    time: TimeHalves,
  ): void {
    const target = this.#target;
    let at = this.#begin(id, 0, time);
    for (let index = 0; index < definitions.length; index++) {
      at = encodeArgument(target, at, definitions[index]![1], values[index] ?? null);
    }
    this.#end(at);
  }

  /** A record that says how many events were lost. */
  dropped(count: number, time: TimeHalves): void {
    const at = this.#begin(DROPPED_LOW, ALL_ONES, time);
    this.#end(encodeHalves(this.#target.view, at, count >>> 0, count / TWO_POW_32));
  }

  #begin(idLow: number, idHigh: number, time: TimeHalves): number {
    const at = this.length;
    const { view } = this.#target;
    view.setUint32(at, RECORD, true);
    view.setUint32(at + 4, 0, true);
    view.setUint32(at + 8, idLow, true);
    view.setUint32(at + 12, idHigh, true);
    view.setUint32(at + 16, time.low, true);
    view.setUint32(at + 20, time.high, true);
    view.setUint32(at + 28, this.#pid, true);
    return at + RECORD_HEAD;
  }

  #end(at: number): void {
    this.#target.view.setUint32(this.length + LENGTH_AT, at - this.length - 8, true);
    this.length = at;
  }

  #grow(wanted: number): boolean {
    if (wanted > this.#limit) return false;
    const { bytes } = this.#target;
    this.#target = targetOf(Math.min(this.#limit, Math.max(wanted, 2 * bytes.length)));
    this.#target.bytes.set(bytes.subarray(0, this.length));
    return true;
  }
}

function targetOf(capacity: number): Target {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer) };
}
