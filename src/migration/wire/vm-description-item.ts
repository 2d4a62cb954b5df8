import type { ByteWindow } from "../../bytes/byte-window.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, type Steps } from "../../bytes/steps.js";
import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";
import { ItemType } from "./constants.js";
import { parseVmDescription, type VmDescription } from "./vm-description.js";
import { vmDescriptionToJson } from "./vm-description-json.js";

/** A description of this many bytes is none: QEMU's are of 10 to 200 KiB. */
const MAX_DESCRIPTION = 64 * 1024 * 1024;

/** Reads VMDESCRIPTION behind its type byte: what it says, and its text. */
export function* readVmDescription(
  window: ByteWindow,
): Steps<never, { readonly description: VmDescription; readonly json: string }> {
  yield* need(window, 4);
  const length = window.u32();
  if (length > MAX_DESCRIPTION) {
    throw new DecodeError(`VMDESCRIPTION of ${length} bytes`, window.offset - 4);
  }
  yield* need(window, length);
  const offset = window.offset;
  const json = decodeUtf8(window.bytes(length));
  return { description: parseVmDescription(json, offset), json };
}

/** Writes VMDESCRIPTION with its type byte; a text is written as it is. */
export function writeVmDescription(writer: ByteWriter, description: VmDescription | string): void {
  const json = typeof description === "string" ? description : vmDescriptionToJson(description);
  const bytes = encodeUtf8(json);
  writer.u8(ItemType.vmDescription).u32(bytes.length).bytes(bytes);
}
