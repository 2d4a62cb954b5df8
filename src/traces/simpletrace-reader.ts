import type { ByteOrder } from "../bytes/byte-order.js";
import type { ByteWindow } from "../bytes/byte-window.js";
import { DecodeError } from "../bytes/decode-error.js";
import { FedReader } from "../bytes/fed-reader.js";
import { more, need, type Steps } from "../bytes/steps.js";
import { decodeUtf8 } from "../bytes/utf8.js";
import type { EventModel } from "../model/event-model.js";
import type { EventTable } from "../model/event-table.js";
import type { PrintfValue } from "../printf/piece.js";
import { fitsPayload, rawValues, typedValue } from "./argument-layout.js";
import type { EventRecord, RawRecord, TraceRecord } from "./record.js";

const HEADER_ID = 0xffff_ffff_ffff_ffffn;
const DROPPED_ID = 0xffff_ffff_ffff_fffen;
const MAGIC = 0xf2b1_77cb_0aa4_29b4n;
const MAGIC_SWAPPED = 0xb429_a40a_cb77_b1f2n;
const VERSION = 4n;
const HEADER_LENGTH = 24;
const MAPPING = 0n;
const RECORD = 1n;
const RECORD_HEAD = 24;
/** A longer one is damage, not a record: ten strings of 512 bytes are the most that QEMU writes. */
const RECORD_LIMIT = 65536;

/**
 * Reads simpletrace version 4, of either byte order (QEMU trace/simple.c). Give it the declarations
 * of the QEMU that wrote the trace: the file names its events, and tells nothing of their arguments.
 *
 * Throws `DecodeError` where the bytes are no simpletrace, at a cut end too; all records before it
 * have been given.
 */
export class SimpletraceReader extends FedReader<TraceRecord> {
  constructor(events: EventTable) {
    super("little", (window) => readTrace(window, events));
  }
}

function* readTrace(window: ByteWindow, events: EventTable): Steps<TraceRecord> {
  yield* readHeader(window);
  const names = new Map<bigint, string>();
  while (yield* more(window)) {
    const offset = window.offset;
    yield* need(window, 8);
    const type = window.u64();
    if (type === MAPPING) yield* readMapping(window, names);
    else if (type === RECORD) yield yield* readRecord(window, offset, names, events);
    else throw new DecodeError(`neither a mapping nor a record (type ${type})`, offset);
  }
}

function* readHeader(window: ByteWindow): Steps<never> {
  yield* need(window, HEADER_LENGTH);
  const id = window.u64();
  const magic = window.u64();
  if (id !== HEADER_ID || (magic !== MAGIC && magic !== MAGIC_SWAPPED)) {
    throw new DecodeError("not a simpletrace file: its header is missing", 0);
  }
  if (magic === MAGIC_SWAPPED) window.order = "big";
  const version = window.u64();
  if (version !== VERSION) {
    throw new DecodeError(`simpletrace version ${version}; version ${VERSION} is read`, 16);
  }
}

function* readMapping(window: ByteWindow, names: Map<bigint, string>): Steps<never> {
  yield* need(window, 12);
  const id = window.u64();
  const offset = window.offset;
  const length = window.u32();
  if (length > RECORD_LIMIT) throw new DecodeError(`an event's name of ${length} bytes`, offset);
  yield* need(window, length);
  names.set(id, decodeUtf8(window.bytes(length)));
}

function* readRecord(
  window: ByteWindow,
  offset: number,
  names: ReadonlyMap<bigint, string>,
  events: EventTable,
): Steps<never, TraceRecord> {
  yield* need(window, RECORD_HEAD);
  const id = window.u64();
  const timestamp = window.u64();
  const length = window.u32();
  const pid = window.u32();
  if (length < RECORD_HEAD || length > RECORD_LIMIT) {
    throw new DecodeError(`a record of ${length} bytes`, offset);
  }
  yield* need(window, length - RECORD_HEAD);
  const payload = window.bytes(length - RECORD_HEAD).slice();
  const head = { timestamp, pid, offset };
  if (id === DROPPED_ID) {
    if (payload.length !== 8)
      throw new DecodeError("a dropped-events record without its count", offset);
    const count = new DataView(payload.buffer).getBigUint64(0, window.order === "little");
    return { type: "dropped", ...head, count };
  }
  const name = names.get(id);
  const raw = (reason: RawRecord["reason"]): RawRecord => ({
    type: "raw",
    reason,
    name: name ?? `event ${id}`,
    ...head,
    payload,
  });
  if (name === undefined) return raw("unmapped");
  const event = events.get(name);
  if (!event) return raw("undeclared");
  if (!fitsPayload(event, payload, window.order)) return raw("layout");
  return new SimpletraceRecord(event, timestamp, pid, offset, payload, window.order);
}

/** An event's record whose arguments are decoded when somebody asks. */
class SimpletraceRecord implements EventRecord {
  readonly type = "event";
  readonly event: EventModel;
  readonly timestamp: bigint;
  readonly pid: number;
  readonly offset: number;
  readonly payload: Uint8Array;
  readonly #order: ByteOrder;
  #values: readonly PrintfValue[] | undefined;

  constructor(
    event: EventModel,
    timestamp: bigint,
    pid: number,
    offset: number,
    payload: Uint8Array,
    order: ByteOrder,
  ) {
    this.event = event;
    this.timestamp = timestamp;
    this.pid = pid;
    this.offset = offset;
    this.payload = payload;
    this.#order = order;
  }

  get name(): string {
    return this.event.name;
  }

  get values(): readonly PrintfValue[] {
    this.#values ??= rawValues(this.event, this.payload, this.#order).map((raw, index) =>
      typedValue(this.event.arguments[index]!, raw),
    );
    return this.#values;
  }
}
