import type { ByteOrder } from "../../bytes/byte-order.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import type { EventModel } from "../../model/event-model.js";
import type { PrintfValue } from "../../printf/piece.js";
import type { EventRecord } from "../record.js";
import { type EventLayout, integerValue } from "./event-layout.js";

/** u64 id, u64 timestamp, u32 length, u32 pid. */
const HEAD = 24;

/** An event's record of simpletrace; its parts are decoded when somebody asks. */
export class SimpletraceRecord implements EventRecord {
  readonly type = "event";
  readonly offset: number;
  readonly #layout: EventLayout;
  /** Holds the record from its id on, at `#at`; and others. */
  readonly #view: DataView;
  readonly #at: number;
  readonly #little: boolean;
  #values: readonly PrintfValue[] | undefined = undefined;

  constructor(layout: EventLayout, view: DataView, at: number, offset: number, little: boolean) {
    this.offset = offset;
    this.#layout = layout;
    this.#view = view;
    this.#at = at;
    this.#little = little;
  }

  get event(): EventModel {
    return this.#layout.event;
  }

  get name(): string {
    return this.#layout.event.name;
  }

  get timestamp(): bigint {
    return this.#view.getBigUint64(this.#at + 8, this.#little);
  }

  get pid(): number {
    return this.#view.getUint32(this.#at + 20, this.#little);
  }

  get byteOrder(): ByteOrder {
    return this.#little ? "little" : "big";
  }

  get payload(): Uint8Array {
    const { buffer, byteOffset } = this.#view;
    const length = this.#view.getUint32(this.#at + 16, this.#little) - HEAD;
    return new Uint8Array(buffer, byteOffset + this.#at + HEAD, length).slice();
  }

  get values(): readonly PrintfValue[] {
    this.#values ??= decodeValues(this.#layout.event, this.#view, this.#at + HEAD, this.#little);
    return this.#values;
  }
}

function decodeValues(
  { arguments: declared }: EventModel,
  view: DataView,
  payloadAt: number,
  little: boolean,
): readonly PrintfValue[] {
  const values: PrintfValue[] = [];
  let at = payloadAt;
  for (let index = 0; index < declared.length; index++) {
    const argument = declared[index]!;
    if (argument.wire === "u64") {
      values.push(integerValue(argument, view, at, little));
      at += 8;
    } else {
      const size = view.getUint32(at, little);
      values.push(decodeUtf8(new Uint8Array(view.buffer, view.byteOffset + at + 4, size)));
      at += 4 + size;
    }
  }
  return values;
}
