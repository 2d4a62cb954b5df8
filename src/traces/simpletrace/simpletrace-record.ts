import type { ByteOrder } from "../../bytes/byte-order.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import type { EventModel } from "../../model/event-model.js";
import type { PrintfValue } from "../../printf/piece.js";
import type { EventRecord } from "../record.js";
import { type EventLayout, integerValue } from "./event-layout.js";
import { joinHalves } from "./join-halves.js";

/** An event's record of simpletrace; its arguments are decoded when somebody asks. */
export class SimpletraceRecord implements EventRecord {
  readonly type = "event";
  readonly pid: number;
  readonly offset: number;
  readonly payload: Uint8Array;
  readonly byteOrder: ByteOrder;
  readonly #layout: EventLayout;
  readonly #timeHigh: number;
  readonly #timeLow: number;
  #values: readonly PrintfValue[] | undefined;

  constructor(
    layout: EventLayout,
    timeHigh: number,
    timeLow: number,
    pid: number,
    offset: number,
    payload: Uint8Array,
    byteOrder: ByteOrder,
  ) {
    this.#layout = layout;
    this.#timeHigh = timeHigh;
    this.#timeLow = timeLow;
    this.pid = pid;
    this.offset = offset;
    this.payload = payload;
    this.byteOrder = byteOrder;
  }

  get event(): EventModel {
    return this.#layout.event;
  }

  get name(): string {
    return this.#layout.event.name;
  }

  get timestamp(): bigint {
    return joinHalves(this.#timeHigh, this.#timeLow);
  }

  get values(): readonly PrintfValue[] {
    this.#values ??= decodeValues(this.#layout.event, this.payload, this.byteOrder === "little");
    return this.#values;
  }
}

/** Payloads are decoded here: a view on each small array of its own would cost more than the values. */
const scratch = new Uint8Array(65536);
const scratchView = new DataView(scratch.buffer);

function decodeValues(
  { arguments: declared }: EventModel,
  payload: Uint8Array,
  little: boolean,
): readonly PrintfValue[] {
  const { length } = payload;
  for (let index = 0; index < length; index++) scratch[index] = payload[index]!;
  const values: PrintfValue[] = [];
  let at = 0;
  for (let index = 0; index < declared.length; index++) {
    const argument = declared[index]!;
    if (argument.wire === "u64") {
      values.push(integerValue(argument, scratchView, at, little));
      at += 8;
    } else {
      const size = scratchView.getUint32(at, little);
      values.push(decodeUtf8(payload.subarray(at + 4, at + 4 + size)));
      at += 4 + size;
    }
  }
  return values;
}
