import { encodeUtf8 } from "../bytes/utf8.js";
import type { ArgumentKind, ArgumentValue } from "./trace-event.js";
import { toInt32 } from "./wrap-value.js";

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

/** A string is cut to so many bytes (QEMU trace/simple.h, MAX_TRACE_STRLEN). */
export const STRING_LIMIT = 512;
/** Bytes of a record before its arguments, its type included. */
export const RECORD_HEAD = 32;
/** From here on `encodeInto` is quicker than a loop over the characters. */
const LOOP_LIMIT = 32;

const encoder = new TextEncoder();
/** Room for what lies behind the cut: one character more. */
const scratch = new Uint8Array(STRING_LIMIT + 4);

/**
 * Items of simpletrace 4 in little-endian bytes (QEMU trace/simple.c). Integers go in as two halves,
 * so that nothing is made of a number but its bytes. Callers see to it that there is room.
 */
export class RecordBuffer {
  /** How many bytes are in it. */
  length = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #start = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What is in the buffer, as bytes of their own; the buffer is empty then. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  /** True if so many bytes more fit in. */
  hasRoom(length: number): boolean {
    return this.length + length <= this.#bytes.length;
  }

  header(): void {
    this.#halves(ALL_ONES, ALL_ONES);
    this.#halves(MAGIC_LOW, MAGIC_HIGH);
    this.#halves(VERSION, 0);
  }

  mapping(id: number, name: string): void {
    const bytes = encodeUtf8(name);
    this.#halves(MAPPING, 0);
    this.#halves(id, 0);
    this.#u32(bytes.length);
    this.#append(bytes);
  }

  /** A record that says how many events were lost; the time is given in halves. */
  dropped(count: number, low: number, high: number, pid: number): void {
    this.#begin(DROPPED_LOW, ALL_ONES, low, high, pid);
    this.#halves(count >>> 0, count / TWO_POW_32);
    this.end();
  }

  /** Begins a record; its arguments and `end` follow. */
  begin(id: number, low: number, high: number, pid: number): void {
    this.#begin(id, 0, low, high, pid);
  }

  /** An argument, wrapped to its kind as C does. */
  argument(kind: ArgumentKind, value: ArgumentValue): void {
    switch (kind) {
      case "string":
        this.#string(value);
        break;
      case "u64":
      case "i64":
      case "pointer":
        this.#integer64(value);
        break;
      case "i32":
        this.#signed(toInt32(value));
        break;
      case "u32":
        this.#halves(toInt32(value), 0);
        break;
      case "bool":
        this.#halves(value ? 1 : 0, 0);
        break;
      case "u8":
        this.#halves(toInt32(value) & 0xff, 0);
        break;
      case "u16":
        this.#halves(toInt32(value) & 0xffff, 0);
        break;
      case "i8":
        this.#signed((toInt32(value) << 24) >> 24);
        break;
      case "i16":
        this.#signed((toInt32(value) << 16) >> 16);
    }
  }

  /** Ends a record: its length is known now. */
  end(): void {
    this.#view.setUint32(this.#start + LENGTH_AT, this.length - this.#start - 8, true);
  }

  #begin(idLow: number, idHigh: number, low: number, high: number, pid: number): void {
    const at = this.length;
    const view = this.#view;
    this.#start = at;
    view.setUint32(at, RECORD, true);
    view.setUint32(at + 4, 0, true);
    view.setUint32(at + 8, idLow, true);
    view.setUint32(at + 12, idHigh, true);
    view.setUint32(at + 16, low, true);
    view.setUint32(at + 20, high, true);
    view.setUint32(at + 28, pid, true);
    this.length = at + RECORD_HEAD;
  }

  #signed(value: number): void {
    this.#halves(value, value < 0 ? ALL_ONES : 0);
  }

  /** 64 bits of an integer; a fraction is cut off, and what is no number is 0. */
  #integer64(value: ArgumentValue): void {
    if (typeof value === "bigint") {
      this.#view.setBigUint64(this.length, BigInt.asUintN(64, value), true);
      this.length += 8;
    } else if (typeof value === "number") {
      const whole = Math.trunc(value);
      const low = whole >>> 0;
      this.#halves(low, (whole - low) / TWO_POW_32);
    } else {
      this.#halves(value === true ? 1 : 0, 0);
    }
  }

  #string(value: ArgumentValue): void {
    if (value === null) this.#u32(0);
    else if (typeof value !== "string") this.#string(String(value));
    else if (value.length > LOOP_LIMIT || !this.#ascii(value)) this.#utf8(value);
  }

  /** Writes a short string if it is ASCII; gives false, and has written nothing, if not. */
  #ascii(text: string): boolean {
    const from = this.length + 4;
    const bytes = this.#bytes;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[from + index] = code;
    }
    this.#u32(text.length);
    this.length += text.length;
    return true;
  }

  /** QEMU cuts bytes, not characters: the last one may be in pieces. */
  #utf8(text: string): void {
    const { written } = encoder.encodeInto(text, scratch);
    const length = Math.min(written, STRING_LIMIT);
    this.#u32(length);
    this.#append(scratch.subarray(0, length));
  }

  #append(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #u32(value: number): void {
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
  }

  #halves(low: number, high: number): void {
    const at = this.length;
    this.#view.setUint32(at, low, true);
    this.#view.setUint32(at + 4, high, true);
    this.length = at + 8;
  }
}
