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

function decodeValues(
  event: EventModel,
  payload: Uint8Array,
  little: boolean,
): readonly PrintfValue[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let at = 0;
  return event.arguments.map((argument) => {
    if (argument.wire === "u64") {
      at += 8;
      return integerValue(argument, view, at - 8, little);
    }
    const length = view.getUint32(at, little);
    at += 4 + length;
    return decodeUtf8(payload.subarray(at - length, at));
  });
}
