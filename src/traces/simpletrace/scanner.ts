import type { ByteOrder } from "../../bytes/byte-order.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import type { EventModel } from "../../model/event-model.js";
import type { EventTable } from "../../model/event-table.js";
import type { PrintfValue } from "../../printf/piece.js";
import { damageNames, TraceDamage } from "../damage.js";
import type { RawReason, TraceRecord } from "../record.js";
import type { TraceReader } from "../trace-reader.js";
import { ChunkBuffer } from "./chunk-buffer.js";
import { type EventBinding, EventBindings } from "./event-bindings.js";
import { integerValue } from "./event-layout.js";
import { DROPPED_HIGH, DROPPED_LOW, HEADER_LENGTH } from "./header.js";
import { RecordKeeper } from "./record-keeper.js";
import { SimpletraceRecord } from "./simpletrace-record.js";

/** What versions of records with a length differ in. */
export interface SimpletraceLayout {
  /** Bytes before a record's id: 8 where each item has its type, else 0. */
  readonly prefix: 0 | 8;
  /** True where the trace has a header, which is passed over. */
  readonly header: boolean;
  /** True where ids are positions in the declarations' order, false where mappings name them. */
  readonly positions: boolean;
}

const MAPPING = 0;
const RECORD = 1;
/** u64 id, u64 timestamp, u32 length, u32 pid. */
const RECORD_HEAD = 24;
const DROPPED_LENGTH = RECORD_HEAD + 8;
const MAPPING_HEAD = 20;
/** A longer one is damage, not a record: ten strings of 512 bytes are the most that QEMU writes. */
const RECORD_LIMIT = 65536;
const NAME_LIMIT = 1024;
/** The end of a buffer that `countRun` counts in: behind it, sums of offsets need more than 31 bits. */
const COUNT_LIMIT = 0x7fff_0000;
/** More events than QEMU will ever declare. */
const POSITION_LIMIT = 65535;

/** What bytes look like where an item should begin. */
type Look =
  /** An item whose whole is as it must be. */
  | "sound"
  /** An item as far as its head goes; its arguments are not those of a declaration. */
  | "possible"
  /** No item. */
  | "garbage"
  /** There are too few bytes to tell. */
  | "short";

/**
 * Reads simpletrace versions 2, 3 and 4, of either byte order (QEMU trace/simple.c).
 *
 * A record that is as declared costs a few comparisons. All else takes the slow path: it is held
 * against what follows, and where that is no item, reading goes on at the next that is sound.
 */
export class SimpletraceScanner implements TraceReader {
  type: TraceRecord["type"] = "event";
  done = false;
  readonly order: ByteOrder;
  readonly bindings: EventBindings;
  /** The payload of the record that it stands at lies in `view` from here on. */
  payloadAt = 0;
  binding: EventBinding | undefined;

  readonly #little: boolean;
  readonly #prefix: number;
  readonly #buffer = new ChunkBuffer();
  readonly #keeper = new RecordKeeper();
  readonly #damage = new TraceDamage();
  #header: number;
  /** False while it stands in the header, or in garbage. */
  #plain: boolean;
  readonly #small: readonly (EventBinding | undefined)[];
  /** The timestamp of the last record that is an event. */
  #last = 0;
  #stepsBack = 0;
  #reason: RawReason = "undeclared";
  #difference: string | undefined;
  /** How many bytes of garbage it stands behind. */
  #garbage = 0;
  /** Where garbage began, or -1; and whether all of it was zeros. */
  #lostAt = -1;
  #zeros = true;

  constructor(events: EventTable, order: ByteOrder, layout: SimpletraceLayout) {
    this.order = order;
    this.#little = order === "little";
    this.#prefix = layout.prefix;
    this.#header = layout.header ? HEADER_LENGTH : 0;
    this.bindings = new EventBindings(events);
    this.#plain = !layout.header;
    this.#small = this.bindings.small;
    if (layout.positions) this.bindings.bindPositions();
  }

  append(chunk: Uint8Array): void {
    this.#buffer.append(chunk);
  }

  end(): void {
    this.#buffer.end();
  }

  get position(): number {
    return this.#buffer.offset;
  }

  get damage(): TraceDamage {
    this.#damage.add(damageNames.stepBack, this.#stepsBack);
    this.#stepsBack = 0;
    return this.#damage;
  }

  get name(): string {
    if (this.binding) return this.binding.name;
    return this.type === "raw" ? `event ${this.#u64At(this.payloadAt - RECORD_HEAD)}` : "";
  }

  get event(): EventModel | undefined {
    return this.type === "event" ? this.binding!.event : undefined;
  }

  get key(): number {
    return this.binding ? this.binding.key : -1;
  }

  /** The buffer that the payload lies in. */
  get view(): DataView {
    return this.#buffer.view;
  }

  get payloadLength(): number {
    return this.#buffer.at - this.payloadAt;
  }

  get size(): number {
    return this.#garbage || this.payloadLength + RECORD_HEAD + this.#prefix;
  }

  get offset(): number {
    return this.#buffer.offset - this.size;
  }

  get pid(): number {
    return this.#garbage ? 0 : this.view.getUint32(this.payloadAt - 4, this.#little);
  }

  get timestamp(): bigint {
    return this.#garbage ? 0n : this.#u64At(this.payloadAt - 16);
  }

  get microseconds(): number {
    return (this.timeHigh * 0x1_0000_0000 + this.timeLow) / 1000;
  }

  /** The upper half of the timestamp. */
  get timeHigh(): number {
    if (this.#garbage) return 0;
    return this.view.getUint32(this.payloadAt - (this.#little ? 12 : 16), this.#little);
  }

  /** The lower half of the timestamp. */
  get timeLow(): number {
    if (this.#garbage) return 0;
    return this.view.getUint32(this.payloadAt - (this.#little ? 16 : 12), this.#little);
  }

  #u64At(at: number): bigint {
    return this.view.getBigUint64(at, this.#little);
  }

  advance(): boolean {
    for (;;) {
      // Told as constants, orders of bytes cost nothing in what the compiler makes of it.
      if (this.#plain && (this.#little ? this.#takeEvent(true) : this.#takeEvent(false))) {
        return true;
      }
      if (this.done) return false;
      if (this.#slow()) return this.#given;
    }
  }

  /** Steps over the next record if it lies whole in the buffer and is an event as declared. */
  #takeEvent(little: boolean): boolean {
    const buffer = this.#buffer;
    const { view, limit, at: item } = buffer;
    const at = (item + this.#prefix) | 0;
    if (at + RECORD_HEAD > limit) return false;
    const high = little ? 4 : 0;
    const low = little ? 0 : 4;
    if (
      item !== at &&
      ((view.getInt32(item + low, little) ^ RECORD) | view.getInt32(item + high, little)) !== 0
    ) {
      return false;
    }
    if (view.getInt32(at + high, little) !== 0) return false;
    const binding = this.#small[view.getUint32(at + low, little)];
    const length = view.getInt32(at + 16, little);
    const next = (at + length) | 0;
    if (binding === undefined || next > limit) return false;
    if (binding.recordLength !== length && !this.#fits(binding, view, at, length)) return false;
    // The bits of two non-negative integers have the same order as doubles: one comparison.
    const time = view.getFloat64(at + 8, little);
    if (time < this.#last) this.#stepsBack++;
    this.#last = time;
    this.type = "event";
    this.#garbage = 0;
    this.binding = binding;
    this.payloadAt = at + RECORD_HEAD;
    buffer.at = next;
    return true;
  }

  value(index: number): PrintfValue {
    const argument = this.event?.arguments[index];
    if (!argument) return null;
    const { view } = this;
    const little = this.#little;
    const at = this.binding!.layout!.position(index, view, this.payloadAt, little);
    if (argument.wire === "u64") return integerValue(argument, view, at, little);
    const length = view.getUint32(at, little);
    return decodeUtf8(new Uint8Array(view.buffer, view.byteOffset + at + 4, length));
  }

  record(): TraceRecord {
    if (this.type === "event") return this.#eventRecord();
    const { offset, pid } = this;
    switch (this.type) {
      case "raw":
        return {
          type: "raw",
          reason: this.#reason,
          name: this.name,
          timestamp: this.timestamp,
          pid,
          offset,
          payload: this.#payload(),
          ...(this.#difference !== undefined && { difference: this.#difference }),
        };
      case "dropped": {
        const count = this.view.getBigUint64(this.payloadAt, this.#little);
        return { type: "dropped", timestamp: this.timestamp, pid, offset, count };
      }
      default: {
        const { size: length } = this;
        return {
          type: "garbage",
          name: "",
          timestamp: this.timestamp,
          pid,
          offset,
          length,
          zeros: this.#zeros,
        };
      }
    }
  }

  #eventRecord(): SimpletraceRecord {
    const buffer = this.#buffer;
    const from = this.payloadAt - RECORD_HEAD;
    const length = buffer.at - from;
    const keeper = this.#keeper;
    keeper.keep(buffer.view, from, length);
    const offset = buffer.offset - length - this.#prefix;
    return new SimpletraceRecord(
      this.binding!.layout!,
      keeper.view,
      keeper.at,
      offset,
      this.#little,
    );
  }

  /**
   * Passes over the events that lie whole in the buffer and are as declared, and counts them in
   * `bindings.counts`: `advance` without a place to stand at, in a fraction of the time. It stands
   * nowhere then. Does nothing but for version 4 of a little-endian machine, which nearly all are.
   *
   * All numbers in the loop are 32-bit integers to the compiler, and the byte order is a constant:
   * each of them halves the time.
   */
  countRun(): void {
    const { bytes, limit } = this.#buffer;
    if (!this.#plain || this.#prefix === 0 || !this.#little || limit > COUNT_LIMIT) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { lengths, counts } = this.bindings;
    let last = this.#last;
    let item = this.#buffer.at;
    let stepsBack = 0;
    const lastHead = limit - 8 - RECORD_HEAD;
    while (item <= lastHead) {
      const at = (item + 8) | 0;
      const id = view.getInt32(at, true);
      const length = view.getInt32(at + 16, true);
      // Zero for a record with a small id: one comparison for three words.
      const odd =
        (view.getInt32(item, true) ^ RECORD) |
        view.getInt32(item + 4, true) |
        view.getInt32(at + 4, true);
      const next = (at + length) | 0;
      if (odd !== 0 || id < 0 || id >= lengths.length || next > limit) break;
      const known = lengths[id]!;
      if (known !== length) {
        if (known !== -1 || !this.#fits(this.#small[id]!, view, at, length)) break;
      }
      const time = view.getFloat64(at + 8, true);
      if (time < last) stepsBack++;
      last = time;
      counts[id]!++;
      item = next;
    }
    this.#last = last;
    this.#stepsBack += stepsBack;
    this.#buffer.at = item;
  }

  /** True for a record with strings that is as declared. */
  #fits(binding: EventBinding, view: DataView, at: number, length: number): boolean {
    if (binding.recordLength !== -1 || length < RECORD_HEAD || length > RECORD_LIMIT) return false;
    return binding.layout!.fits(view, at + RECORD_HEAD, length - RECORD_HEAD, this.#little);
  }

  next(): TraceRecord | undefined {
    return this.advance() ? this.record() : undefined;
  }

  /** The payload's bytes, copied: small typed arrays are cheap, views on large buffers are not. */
  #payload(): Uint8Array {
    const { payloadLength: length, view } = this;
    const copy = new Uint8Array(length);
    const from = this.payloadAt;
    for (let index = 0; index < length; index++) copy[index] = view.getUint8(from + index);
    return copy;
  }

  /** What `advance` gives after `#slow` has decided. */
  #given = false;

  /**
   * All that is no record as declared. True when `#given` is what `advance` gives; false when it is
   * to look again, behind a mapping or with more bytes in one piece.
   */
  #slow(): boolean {
    this.#given = false;
    const buffer = this.#buffer;
    if (this.#header > 0) {
      const part = Math.min(this.#header, buffer.limit - buffer.at);
      buffer.at += part;
      this.#header -= part;
      this.#plain = this.#header === 0;
      if (this.#plain) return false;
      if (buffer.ended) throw this.#fail("cut short in its header");
      return true;
    }
    if (this.#lostAt >= 0) return this.#search();
    if (this.#prefix !== 0 && this.#plain) {
      const { at } = buffer;
      this.#takeMappings();
      if (buffer.at > at) return false;
    }
    if (buffer.held === 0) {
      this.done = buffer.ended;
      return true;
    }
    const look = this.#look(0);
    if (look === "short") return this.#short();
    if (look === "garbage") return this.#lose();
    if (this.#isMapping(0)) {
      this.#takeMapping();
      return false;
    }
    if (look === "sound" && this.#isEvent()) return false;
    return this.#takeOther(look);
  }

  /** Too few bytes for the item: more are waited for, unless the trace has ended. */
  #short(): boolean {
    if (!this.#buffer.ended) return true;
    if (this.#soundBehind(1)) return this.#lose();
    throw this.#fail("cut short: the last record is not whole");
  }

  #fail(reason: string): DecodeError {
    this.done = true;
    return new DecodeError(reason, this.#buffer.offset);
  }

  /** What the item `ahead` of here looks like. */
  #look(ahead: number): Look {
    const buffer = this.#buffer;
    const head = this.#prefix + RECORD_HEAD;
    if (this.#prefix !== 0) {
      if (!buffer.has(ahead + MAPPING_HEAD)) return this.#shortHead(ahead);
      const type = this.#u64(ahead);
      if (type === MAPPING) return this.#lookMapping(ahead);
      if (type !== RECORD) return "garbage";
    }
    if (!buffer.has(ahead + head)) return "short";
    const at = ahead + this.#prefix;
    const length = this.#u32(at + 16);
    if (length < RECORD_HEAD || length > RECORD_LIMIT) return "garbage";
    const [high, low] = this.#halves(at);
    if (high === DROPPED_HIGH && low === DROPPED_LOW) {
      if (length !== DROPPED_LENGTH) return "garbage";
      return buffer.has(at + length) ? "sound" : "short";
    }
    const binding = this.bindings.get(high, low);
    if (binding) this.bindings.resolve(binding, high, low);
    // Where ids are positions, a large one is none.
    if (!binding && this.#prefix === 0 && (high > 0 || low > POSITION_LIMIT)) return "garbage";
    if (!buffer.has(at + length)) {
      const { recordLength = -1 } = binding ?? {};
      return recordLength >= 0 && recordLength !== length && !buffer.ended ? "possible" : "short";
    }
    if (!binding?.layout) return "possible";
    const payload = buffer.at + at + RECORD_HEAD;
    return binding.layout.fits(buffer.view, payload, length - RECORD_HEAD, this.#little)
      ? "sound"
      : "possible";
  }

  /** The end of a trace may leave less than a head. A first word that cannot be one tells more. */
  #shortHead(ahead: number): Look {
    if (!this.#buffer.has(ahead + 8)) return "short";
    const type = this.#u64(ahead);
    return type === MAPPING || type === RECORD ? "short" : "garbage";
  }

  #lookMapping(ahead: number): Look {
    const length = this.#u32(ahead + 16);
    if (length === 0 || length > NAME_LIMIT) return "garbage";
    const there = this.#buffer.has(ahead + MAPPING_HEAD + length);
    const { bytes, limit, at } = this.#buffer;
    const from = at + ahead + MAPPING_HEAD;
    if (!isName(bytes, from, Math.min(length, limit - from))) return "garbage";
    return there ? "sound" : "short";
  }

  #isMapping(ahead: number): boolean {
    return this.#prefix !== 0 && this.#u64(ahead) === MAPPING;
  }

  #takeMapping(): void {
    const buffer = this.#buffer;
    const length = this.#u32(16);
    const from = buffer.at + MAPPING_HEAD;
    const [high, low] = this.#halves(8);
    this.bindings.bind(high, low, buffer.bytes, from, length);
    buffer.at = from + length;
  }

  /** Takes the mappings that lie whole in the buffer, and are as all are. */
  #takeMappings(): void {
    const { view, bytes, limit } = this.#buffer;
    const little = this.#little;
    const high = little ? 4 : 0;
    let { at } = this.#buffer;
    for (;;) {
      const from = at + MAPPING_HEAD;
      if (from > limit || view.getUint32(at, little) !== 0 || view.getUint32(at + 4, little) !== 0)
        break;
      const length = view.getUint32(at + 16, little);
      if (length === 0 || length > NAME_LIMIT || from + length > limit) break;
      if (!isName(bytes, from, length)) break;
      const idHigh = view.getUint32(at + 8 + high, little);
      const idLow = view.getUint32(at + 12 - high, little);
      this.bindings.bind(idHigh, idLow, bytes, from, length);
      at = from + length;
    }
    this.#buffer.at = at;
  }

  /** True for a sound item that is an event with an id of the fast path. */
  #isEvent(): boolean {
    const [high, low] = this.#halves(this.#prefix);
    return high === 0 && this.bindings.small[low] !== undefined;
  }

  /** A record that is dropped events, or an event with a large id, or raw. */
  #takeOther(look: Look): boolean {
    const buffer = this.#buffer;
    const length = this.#u32(this.#prefix + 16);
    const size = this.#prefix + length;
    if (look === "possible") {
      const next = this.#lookBehind(size);
      if (next === "short" && !buffer.ended) return true;
      if (next === "garbage") return this.#lose();
    }
    const at = buffer.at + this.#prefix;
    const [high, low] = this.#halves(this.#prefix);
    const dropped = high === DROPPED_HIGH && low === DROPPED_LOW;
    this.binding = dropped ? undefined : this.bindings.get(high, low);
    this.type = dropped ? "dropped" : look === "sound" ? "event" : "raw";
    this.#garbage = 0;
    this.payloadAt = at + RECORD_HEAD;
    buffer.at += size;
    if (dropped) {
      const count = Number(this.view.getBigUint64(this.payloadAt, this.#little));
      this.#damage.add(damageNames.dropped, count);
    } else if (this.type === "raw") {
      this.#noteRaw();
    }
    this.#given = true;
    return true;
  }

  #noteRaw(): void {
    const layout = this.binding?.layout;
    this.#reason = !this.binding ? "unmapped" : layout ? "layout" : "undeclared";
    this.#difference = layout?.difference(
      this.view,
      this.payloadAt,
      this.payloadLength,
      this.#little,
    );
    this.#damage.addRaw(this.#reason, this.name, this.#difference);
  }

  /** What follows the item, `short` at the end of what is there; nothing at all is as good as an item. */
  #lookBehind(size: number): Look {
    if (!this.#buffer.has(size)) return "short";
    if (this.#buffer.held === size && this.#buffer.ended) return "sound";
    return this.#look(size);
  }

  /** The item is none: from its first byte on the next sound one is searched. */
  #lose(): boolean {
    this.#lostAt = this.#buffer.offset;
    this.#plain = false;
    this.#zeros = true;
    return this.#search();
  }

  /** Searches the next sound item; gives the garbage before it when it is found, or the trace ends. */
  #search(): boolean {
    const buffer = this.#buffer;
    for (;;) {
      if (buffer.held === 0) {
        if (!buffer.ended) return true;
        return this.#found();
      }
      buffer.has(1);
      if (buffer.offset > this.#lostAt) {
        const look = this.#lookSound(0);
        if (look === "sound") return this.#found();
        if (look === "short" && !buffer.ended) return true;
      }
      if (buffer.bytes[buffer.at] !== 0) {
        this.#zeros = false;
        buffer.at++;
      } else buffer.at += this.#emptyBytes();
    }
  }

  /** How many bytes on from a zero the next item can begin: an item has no more zeros than its head. */
  #emptyBytes(): number {
    const { bytes, at, limit } = this.#buffer;
    let next = at;
    while (next < limit && bytes[next] === 0) next++;
    return Math.max(1, next - at - MAPPING_HEAD);
  }

  #found(): boolean {
    this.#garbage = this.#buffer.offset - this.#lostAt;
    this.#lostAt = -1;
    this.#plain = true;
    this.type = "garbage";
    this.binding = undefined;
    this.#damage.add(this.#zeros ? damageNames.zeros : damageNames.garbage, this.#garbage);
    this.#given = true;
    return true;
  }

  /** `sound` for an item that is, with another behind it or the end: chance does not make two. */
  #lookSound(ahead: number): Look {
    const look = this.#look(ahead);
    if (look !== "sound") return look === "short" ? "short" : "garbage";
    const size = this.#isMapping(ahead)
      ? MAPPING_HEAD + this.#u32(ahead + 16)
      : this.#prefix + this.#u32(ahead + this.#prefix + 16);
    const next = this.#lookBehind(ahead + size);
    if (next === "short") return this.#buffer.ended ? "sound" : "short";
    return next === "garbage" ? "garbage" : "sound";
  }

  /** True if a sound item begins among the bytes that are left, `from` ahead or later. */
  #soundBehind(from: number): boolean {
    const { held } = this.#buffer;
    for (let ahead = from; ahead + MAPPING_HEAD <= held; ahead++) {
      if (this.#lookSound(ahead) === "sound") return true;
    }
    return false;
  }

  /** A word as a number; not exact from 2^53 on, where it is no type anyway. */
  #u64(ahead: number): number {
    const [high, low] = this.#halves(ahead);
    return high * 0x1_0000_0000 + low;
  }

  #u32(ahead: number): number {
    return this.#buffer.view.getUint32(this.#buffer.at + ahead, this.#little);
  }

  #halves(ahead: number): [high: number, low: number] {
    const first = this.#u32(ahead);
    const second = this.#u32(ahead + 4);
    return this.#little ? [second, first] : [first, second];
  }
}

/** True for letters, digits and underscores: what C's names are made of. */
function isName(bytes: Uint8Array, from: number, length: number): boolean {
  for (let at = from; at < from + length; at++) {
    const byte = bytes[at]!;
    const letter = byte | 0x20;
    if (letter >= 0x61 && letter <= 0x7a) continue;
    if ((byte < 0x30 || byte > 0x39) && byte !== 0x5f) return false;
  }
  return true;
}
