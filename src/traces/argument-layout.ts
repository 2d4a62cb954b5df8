import type { ByteOrder } from "../bytes/byte-order.js";
import { decodeUtf8 } from "../bytes/utf8.js";
import type { ArgumentModel, EventModel } from "../model/event-model.js";
import type { PrintfValue } from "../printf/piece.js";

/** True when the event's arguments fill the payload exactly. */
export function fitsPayload(event: EventModel, payload: Uint8Array, order: ByteOrder): boolean {
  let at = 0;
  for (const { wire } of event.arguments) {
    if (wire === "u64") {
      at += 8;
    } else {
      if (at + 4 > payload.length) return false;
      at += 4 + viewOf(payload).getUint32(at, order === "little");
    }
  }
  return at === payload.length;
}

/** An argument as the trace has it: 64 bits, or a string's bytes. */
export type RawValue = bigint | Uint8Array;

/** The arguments of a payload that `fitsPayload`. */
export function rawValues(event: EventModel, payload: Uint8Array, order: ByteOrder): RawValue[] {
  const view = viewOf(payload);
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

/**
 * A value by its declared type. simpletrace writes a null string as an empty one, so an empty
 * string is all that can be told.
 */
export function typedValue({ type }: ArgumentModel, raw: RawValue): PrintfValue {
  if (typeof raw !== "bigint") return decodeUtf8(raw);
  if (type.kind === "bool") return raw !== 0n;
  if (type.kind !== "integer") return raw;
  const value = type.signed ? BigInt.asIntN(type.bits, raw) : BigInt.asUintN(type.bits, raw);
  return type.bits === 64 ? value : Number(value);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
