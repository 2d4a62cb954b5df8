import { ByteWriter } from "../bytes/byte-writer.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import type { EventModel } from "../model/event-model.js";
import type { PrintfValue } from "../printf/piece.js";

/** Arguments as simpletrace 4 would have them, little-endian; 0 and the empty string for null. */
export function encodePayload(event: EventModel, values: readonly PrintfValue[]): Uint8Array {
  const writer = new ByteWriter("little", 64);
  event.arguments.forEach(({ wire }, index) => {
    const value = values[index] ?? null;
    if (wire === "string") {
      const bytes = encodeUtf8(value === null ? "" : String(value));
      writer.u32(bytes.length).bytes(bytes);
    } else {
      writer.u64(typeof value === "bigint" ? value : Number(value));
    }
  });
  return writer.take();
}
