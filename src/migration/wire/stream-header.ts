import type { ByteWindow } from "../../bytes/byte-window.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { need, type Steps } from "../../bytes/steps.js";
import { STREAM_MAGIC, STREAM_VERSION } from "./constants.js";
import { ENCRYPTED, TLS_HANDSHAKE } from "./tls.js";

/** Bytes of magic and version. */
export const STREAM_HEADER_SIZE = 8;

/** Reads magic and version; throws `DecodeError` if this is no stream of version 3. */
export function* readStreamHeader(window: ByteWindow): Steps<never> {
  const offset = window.offset;
  yield* need(window, 4);
  const magic = window.u32();
  if (magic >>> 16 === TLS_HANDSHAKE) throw new DecodeError(ENCRYPTED, offset);
  if (magic !== STREAM_MAGIC) {
    throw new DecodeError(`not a migration stream: magic 0x${hex32(magic)}, not "QEVM"`, offset);
  }
  yield* need(window, 4);
  const version = window.u32();
  if (version !== STREAM_VERSION) {
    const why = version === 2 ? "version 2 is of before 2009" : `version ${version} is unknown`;
    throw new DecodeError(`not a migration stream of version 3: ${why}`, offset + 4);
  }
}

/** Writes magic and version. */
export function writeStreamHeader(writer: ByteWriter): void {
  writer.u32(STREAM_MAGIC).u32(STREAM_VERSION);
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, "0");
}
