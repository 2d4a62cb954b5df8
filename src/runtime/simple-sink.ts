import { ByteWriter } from "../bytes/byte-writer.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { type Clock, monotonicClock } from "./clock.js";
import type { ArgumentValue, Sink, TraceEvent } from "./trace-event.js";

export interface SimpleSinkOptions {
  /** Takes the bytes of the file, in order. */
  readonly write: (bytes: Uint8Array) => void;
  /** The records' timestamps; QEMU has CLOCK_MONOTONIC there. */
  readonly clock?: Clock;
  /** The process id that the records carry. */
  readonly pid?: number;
  /** How many bytes are held back at most; 64 KiB unless told. */
  readonly bufferSize?: number;
}

const HEADER_ID = 0xffff_ffff_ffff_ffffn;
const MAGIC = 0xf2b1_77cb_0aa4_29b4n;
const VERSION = 4;
const MAPPING = 0;
const RECORD = 1;
const RECORD_HEAD = 24;
/** A string is cut here (QEMU trace/simple.h, MAX_TRACE_STRLEN). */
const STRING_LIMIT = 512;

/** Writes simpletrace version 4, as QEMU's `simple` backend does: little-endian (QEMU trace/simple.c). */
export class SimpleSink implements Sink {
  readonly #output: ByteWriter;
  readonly #write: (bytes: Uint8Array) => void;
  readonly #clock: Clock;
  readonly #pid: number;
  readonly #bufferSize: number;

  constructor({ write, clock = monotonicClock, pid = 0, bufferSize = 65536 }: SimpleSinkOptions) {
    this.#write = write;
    this.#clock = clock;
    this.#pid = pid;
    this.#bufferSize = bufferSize;
    this.#output = new ByteWriter("little", bufferSize + 1024);
    this.#output.u64(HEADER_ID).u64(MAGIC).u64(VERSION);
  }

  /** Writes the mapping from the event's id to its name. */
  define(event: TraceEvent): void {
    const name = encodeUtf8(event.name);
    this.#output.u64(MAPPING).u64(event.id).u32(name.length).bytes(name);
    if (this.#output.length >= this.#bufferSize) this.flush();
  }

  write(event: TraceEvent, values: readonly ArgumentValue[]): void {
    const output = this.#output;
    output.u64(RECORD);
    const start = output.length;
    output.u64(event.id).u64(this.#clock()).u32(0).u32(this.#pid);
    for (let index = 0; index < event.arguments.length; index++) {
      const value = values[index] ?? null;
      if (event.arguments[index]![1] === "string") this.#string(value);
      else output.u64(typeof value === "bigint" ? value : Number(value));
    }
    output.patchU32(start + LENGTH_AT, output.length - start);
    if (output.length >= this.#bufferSize) this.flush();
  }

  flush(): void {
    if (this.#output.length > 0) this.#write(this.#output.take());
  }

  #string(value: ArgumentValue): void {
    const bytes = value === null ? EMPTY : encodeUtf8(String(value)).subarray(0, STRING_LIMIT);
    this.#output.u32(bytes.length).bytes(bytes);
  }
}

const EMPTY = new Uint8Array(0);
const LENGTH_AT = RECORD_HEAD - 8;
