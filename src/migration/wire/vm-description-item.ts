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

/** Reads VMDESCRIPTION behind its type byte. */
export function* readVmDescription(window: ByteWindow): Steps<never, VmDescription> {
  yield* need(window, 4);
  const length = window.u32();
  if (length > MAX_DESCRIPTION) {
    throw new DecodeError(`VMDESCRIPTION of ${length} bytes`, window.offset - 4);
  }
  yield* need(window, length);
  const offset = window.offset;
  return parseVmDescription(decodeUtf8(window.bytes(length)), offset);
}

/** Writes VMDESCRIPTION with its type byte. */
export function writeVmDescription(writer: ByteWriter, description: VmDescription): void {
  const json = encodeUtf8(vmDescriptionToJson(description));
  writer.u8(ItemType.vmDescription).u32(json.length).bytes(json);
}
