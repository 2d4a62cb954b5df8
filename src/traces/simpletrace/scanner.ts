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
import { countRun } from "./count-run.js";
import { type EventBinding, EventBindings } from "./event-bindings.js";
import { integerValue } from "./event-layout.js";
import { GarbageSearch } from "./garbage-search.js";
import { DROPPED_HIGH, DROPPED_LOW, HEADER_LENGTH } from "./header.js";
import { ItemJudge, type Look } from "./item-judge.js";
import { RECORD, RECORD_HEAD, type SimpletraceLayout } from "./item-layout.js";
import { RecordKeeper } from "./record-keeper.js";
import { SimpletraceRecord } from "./simpletrace-record.js";
import { takeMappings } from "./take-mappings.js";

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
  readonly #judge: ItemJudge;
  readonly #search: GarbageSearch;
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

  constructor(events: EventTable, order: ByteOrder, layout: SimpletraceLayout) {
    this.order = order;
    this.#little = order === "little";
    this.#prefix = layout.prefix;
    this.#header = layout.header ? HEADER_LENGTH : 0;
    this.bindings = new EventBindings(events);
    this.#judge = new ItemJudge(this.#buffer, this.bindings, this.#little, layout.prefix);
    this.#search = new GarbageSearch(this.#buffer, this.#judge);
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
    // A length below that of a head could be one of the marks that `recordLength` has.
    if (
      (binding.recordLength !== length || length < RECORD_HEAD) &&
      !binding.fits(view, at, length, little)
    ) {
      return false;
    }
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
    const { timestamp, pid, offset } = this;
    const head = { timestamp, pid, offset };
    if (this.type === "raw") {
      return {
        ...{ type: "raw", reason: this.#reason, name: this.name, ...head },
        payload: this.#payload(),
        ...(this.#difference !== undefined && { difference: this.#difference }),
      };
    }
    if (this.type === "dropped") {
      const count = this.view.getBigUint64(this.payloadAt, this.#little);
      return { type: "dropped", ...head, count };
    }
    const { size: length } = this;
    return { type: "garbage", name: "", ...head, length, zeros: this.#search.zeros };
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
   */
  countRun(): void {
    if (!this.#plain || this.#prefix === 0 || !this.#little) return;
    const { last, stepsBack } = countRun(this.#buffer, this.bindings, this.#last);
    this.#last = last;
    this.#stepsBack += stepsBack;
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
    if (this.#search.lost) return this.#searchOn();
    if (this.#prefix !== 0 && takeMappings(buffer, this.bindings, this.#little)) return false;
    if (buffer.held === 0) {
      this.done = buffer.ended;
      return true;
    }
    const look = this.#judge.look(0);
    if (look === "short") return this.#short();
    if (look === "garbage") return this.#lose();
    // What was looked at lies in one piece now.
    if (look === "sound" && (this.#judge.isMapping(0) || this.#isEvent())) return false;
    return this.#takeOther(look);
  }

  /** Too few bytes for the item: more are waited for, unless the trace has ended. */
  #short(): boolean {
    if (!this.#buffer.ended) return true;
    if (this.#judge.soundBehind(1)) return this.#lose();
    throw this.#fail("cut short: the last record is not whole");
  }

  #fail(reason: string): DecodeError {
    this.done = true;
    // What is appended after an error is not read, not even on the fast path.
    this.#plain = false;
    return new DecodeError(reason, this.#buffer.offset);
  }

  /** True for a sound item that is an event with an id of the fast path. */
  #isEvent(): boolean {
    const [high, low] = this.#judge.words.halves(this.#prefix);
    return high === 0 && this.bindings.small[low] !== undefined;
  }

  /** A record that is dropped events, or an event with a large id, or raw. */
  #takeOther(look: Look): boolean {
    const buffer = this.#buffer;
    const { words } = this.#judge;
    const length = words.u32(this.#prefix + 16);
    const size = this.#prefix + length;
    if (look === "possible") {
      const next = this.#judge.lookBehind(size);
      if (next === "short" && !buffer.ended) return true;
      if (next === "garbage") return this.#lose();
    }
    const at = buffer.at + this.#prefix;
    const [high, low] = words.halves(this.#prefix);
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

  /** The item is none: from its first byte on the next sound one is searched. */
  #lose(): boolean {
    this.#plain = false;
    this.#search.begin();
    return this.#searchOn();
  }

  /** Gives the garbage, once its end is found. */
  #searchOn(): boolean {
    const length = this.#search.search();
    if (length === undefined) return true;
    this.#garbage = length;
    this.#plain = true;
    this.type = "garbage";
    this.binding = undefined;
    this.#damage.add(this.#search.zeros ? damageNames.zeros : damageNames.garbage, length);
    this.#given = true;
    return true;
  }
}
