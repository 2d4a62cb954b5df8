import type { ByteOrder } from "../../bytes/byte-order.js";
import { DecodeError } from "../../bytes/decode-error.js";
import type { EventModel } from "../../model/event-model.js";
import type { EventTable } from "../../model/event-table.js";
import type { PrintfValue } from "../../printf/piece.js";
import { damageNames, TraceDamage } from "../damage.js";
import { encodePayload } from "../encode-payload.js";
import type { TraceRecord } from "../record.js";
import type { TraceReader } from "../trace-reader.js";
import { ChunkBuffer } from "./chunk-buffer.js";
import { type EventBinding, EventBindings } from "./event-bindings.js";
import { integerValue } from "./event-layout.js";
import { DROPPED_HIGH, DROPPED_LOW } from "./header.js";
import { joinHalves } from "./join-halves.js";

/** Eight words: id, timestamp, six arguments. */
const LENGTH = 64;
const ARGUMENTS = 6;
const ARGUMENTS_AT = 16;
const ID_LIMIT = 65536;
/** Nanoseconds of a day: behind garbage, a record's time is that near to the one before it. */
const NEAR = 86_400_000_000_000n;

/**
 * Reads simpletrace version 0, of either byte order: records of 64 bytes whose ids are positions in
 * the declarations' order. Of a string there is only its address, which is given as `<0x…>` and said
 * to be uncertain; arguments behind the sixth are not there, and null.
 */
export class Simpletrace0Reader implements TraceReader {
  type: TraceRecord["type"] = "event";
  offset = 0;
  size = 0;
  done = false;
  readonly pid = 0;
  readonly order: ByteOrder;
  readonly damage = new TraceDamage();
  readonly #little: boolean;
  readonly #buffer = new ChunkBuffer();
  readonly #bindings: EventBindings;
  #header: boolean;
  #binding: EventBinding | undefined;
  #payload: Uint8Array = new Uint8Array(LENGTH - ARGUMENTS_AT);
  #id = 0n;
  #time = 0n;
  /** The time of the last event. */
  #last: bigint | undefined;
  #lostAt = -1;
  #zeros = true;

  constructor(events: EventTable, order: ByteOrder, header: boolean) {
    this.order = order;
    this.#little = order === "little";
    this.#header = header;
    this.#bindings = new EventBindings(events);
    this.#bindings.bindPositions();
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

  get name(): string {
    if (this.#binding) return this.#binding.name;
    return this.type === "raw" ? `event ${this.#id}` : "";
  }

  get event(): EventModel | undefined {
    return this.type === "event" ? this.#binding?.layout?.event : undefined;
  }

  get key(): number {
    return this.#binding?.key ?? -1;
  }

  get timestamp(): bigint {
    return this.type === "garbage" ? 0n : this.#time;
  }

  get microseconds(): number {
    return Number(this.timestamp) / 1000;
  }

  advance(): boolean {
    const buffer = this.#buffer;
    while (!this.done) {
      if (!buffer.has(LENGTH)) return this.#short();
      if (this.#header) {
        this.#header = false;
        buffer.at += LENGTH;
        continue;
      }
      if (!this.#isPlausible(0)) {
        if (this.#lostAt < 0) {
          this.#lostAt = buffer.offset;
          this.#zeros = true;
        }
        if (buffer.bytes[buffer.at] !== 0) this.#zeros = false;
        buffer.at++;
        continue;
      }
      if (this.#lostAt >= 0) return this.#garbage();
      this.#take();
      return true;
    }
    return false;
  }

  value(index: number): PrintfValue {
    const argument = this.event?.arguments[index];
    if (!argument || index >= ARGUMENTS) return null;
    const view = new DataView(this.#payload.buffer);
    if (argument.wire === "u64") return integerValue(argument, view, 8 * index, this.#little);
    const address = view.getBigUint64(8 * index, this.#little);
    return address === 0n ? null : `<0x${address.toString(16)}>`;
  }

  record(): TraceRecord {
    const { timestamp, pid, offset } = this;
    const head = { timestamp, pid, offset };
    if (this.type === "garbage") {
      return { type: "garbage", name: "", ...head, length: this.size, zeros: this.#zeros };
    }
    if (this.type === "dropped") return { type: "dropped", ...head, count: this.#count() };
    const { event, name } = this;
    if (!event) return { type: "raw", reason: "unmapped", name, ...head, payload: this.#payload };
    const uncertain = event.arguments
      .filter(({ wire }, index) => wire === "string" || index >= ARGUMENTS)
      .map((argument) => argument.name);
    const values = event.arguments.map((_, index) => this.value(index));
    return {
      type: "event",
      name,
      event,
      ...head,
      payload: encodePayload(event, values),
      values,
      ...(uncertain.length > 0 && { uncertain }),
    };
  }

  next(): TraceRecord | undefined {
    return this.advance() ? this.record() : undefined;
  }

  #take(): void {
    const buffer = this.#buffer;
    const [high, low] = this.#halves(0);
    this.offset = buffer.offset;
    this.size = LENGTH;
    this.#id = joinHalves(high, low);
    this.#time = joinHalves(...this.#halves(8));
    this.#payload = buffer.bytes.slice(buffer.at + ARGUMENTS_AT, buffer.at + LENGTH);
    const dropped = high === DROPPED_HIGH && low === DROPPED_LOW;
    this.#binding = dropped ? undefined : this.#bindings.get(high, low);
    if (this.#binding) this.#bindings.resolve(this.#binding, high, low);
    this.type = dropped ? "dropped" : this.#binding ? "event" : "raw";
    buffer.at += LENGTH;
    if (dropped) {
      this.damage.add(damageNames.dropped, Number(this.#count()));
    } else {
      this.#last = this.#time;
      this.damage.noteTime(this.#time);
      if (this.type === "raw") this.damage.addRaw("unmapped", this.name);
    }
  }

  #count(): bigint {
    return new DataView(this.#payload.buffer).getBigUint64(0, this.#little);
  }

  #garbage(): boolean {
    this.type = "garbage";
    this.#binding = undefined;
    this.offset = this.#lostAt;
    this.size = this.#buffer.offset - this.#lostAt;
    this.#lostAt = -1;
    this.damage.add(this.#zeros ? damageNames.zeros : damageNames.garbage, this.size);
    return true;
  }

  #short(): boolean {
    const buffer = this.#buffer;
    if (!buffer.ended) return false;
    if (this.#lostAt >= 0) {
      for (; buffer.held > 0 && buffer.has(1); buffer.at++) {
        if (buffer.bytes[buffer.at] !== 0) this.#zeros = false;
      }
      return this.#garbage();
    }
    this.done = true;
    if (buffer.held === 0 && !this.#header) return false;
    throw new DecodeError("cut short: the last record is not whole", buffer.offset);
  }

  /**
   * Dropped events, or a small id with a time. Behind garbage only an id that is declared, with a time
   * near to the last one: bytes of a record whose id is 0 look like another one, a few bytes too early.
   */
  #isPlausible(ahead: number): boolean {
    const [high, low] = this.#halves(ahead);
    if (high === DROPPED_HIGH) return low === DROPPED_LOW;
    if (high !== 0 || low >= ID_LIMIT) return false;
    const [timeHigh, timeLow] = this.#halves(ahead + 8);
    if (timeHigh === 0 && timeLow === 0) return false;
    if (this.#lostAt < 0) return true;
    return this.#bindings.small[low] !== undefined && this.#isNear(joinHalves(timeHigh, timeLow));
  }

  #isNear(time: bigint): boolean {
    if (this.#last === undefined) return true;
    const difference = time - this.#last;
    return difference <= NEAR && difference >= -NEAR;
  }

  #halves(ahead: number): [high: number, low: number] {
    const { view, at } = this.#buffer;
    const first = view.getUint32(at + ahead, this.#little);
    const second = view.getUint32(at + ahead + 4, this.#little);
    return this.#little ? [second, first] : [first, second];
  }
}
