import type { ByteOrder } from "../bytes/byte-order.js";
import type { EventModel } from "../model/event-model.js";

/** An argument as the trace has it: 64 bits, or a string's bytes. */
export type RawValue = bigint | Uint8Array;

/** The arguments of a payload that is as declared. */
export function rawValues(event: EventModel, payload: Uint8Array, order: ByteOrder): RawValue[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const little = order === "little";
  let at = 0;
  return event.arguments.map(({ wire }) => {
    if (wire === "u64") {
      at += 8;
      return view.getBigUint64(at - 8, little);
    }
    const length = view.getUint32(at, little);
    at += 4 + length;
    return payload.subarray(at - length, at);
  });
}
