import type { ByteOrder } from "../../src/bytes/byte-order.js";
import { ByteWriter } from "../../src/bytes/byte-writer.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import type { EventTable } from "../../src/model/event-table.js";
import { openTrace } from "../../src/traces/open-trace.js";
import type { TraceRecord } from "../../src/traces/record.js";
import type { TraceOptions } from "../../src/traces/trace.js";
import type { TraceInput } from "../../src/traces/trace-input.js";

/** An argument of a record: a string's bytes or text, or 64 bits. */
export type Argument = bigint | number | string | Uint8Array;

/** Builds a simpletrace file by hand, in either byte order; items are whatever the test wants. */
export class TraceMaker {
  readonly #writer: ByteWriter;
  readonly #version: number;

  constructor(order: ByteOrder = "little", version = 4) {
    this.#writer = new ByteWriter(order);
    this.#version = version;
  }

  header(): this {
    const words = [0xffff_ffff_ffff_ffffn, 0xf2b1_77cb_0aa4_29b4n, this.#version];
    if (this.#version === 0) words.push(0, 0, 0, 0, 0);
    for (const word of words) this.#writer.u64(word);
    return this;
  }

  mapping(id: number, name: string): this {
    const bytes = encodeUtf8(name);
    this.#writer.u64(0).u64(id).u32(bytes.length).bytes(bytes);
    return this;
  }

  /** A record; versions 2 and 3 have no type before it. */
  record(id: number | bigint, time: number | bigint, pid: number, ...args: Argument[]): this {
    const payload = new ByteWriter(this.#writer.order);
    for (const argument of args) {
      if (typeof argument === "number" || typeof argument === "bigint") payload.u64(argument);
      else {
        const bytes = typeof argument === "string" ? encodeUtf8(argument) : argument;
        payload.u32(bytes.length).bytes(bytes);
      }
    }
    if (this.#version === 4) this.#writer.u64(1);
    this.#writer
      .u64(id)
      .u64(time)
      .u32(24 + payload.length)
      .u32(pid);
    return this.bytes(payload.take());
  }

  /** A record of version 0: eight words. */
  words(...words: (number | bigint)[]): this {
    for (let index = 0; index < 8; index++) this.#writer.u64(words[index] ?? 0);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.#writer.bytes(bytes);
    return this;
  }

  take(): Uint8Array {
    return this.#writer.take();
  }
}

/** What came of reading a trace: its records, the error at its end, what was damaged, its format. */
export interface Outcome {
  readonly records: readonly TraceRecord[];
  readonly error: unknown;
  readonly damage: Readonly<Record<string, number>>;
  readonly format: string | undefined;
}

export async function readTrace(
  input: TraceInput,
  events: EventTable,
  options: TraceOptions = {},
): Promise<Outcome> {
  const trace = openTrace(input, events, options);
  const records: TraceRecord[] = [];
  let error: unknown;
  try {
    for await (const record of trace) records.push(record);
  } catch (thrown) {
    error = thrown;
  }
  const damage = Object.fromEntries(trace.damage.counts);
  return { records, error, damage, format: trace.format?.name };
}
