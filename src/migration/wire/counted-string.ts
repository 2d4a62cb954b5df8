import type { ByteWindow } from "../../bytes/byte-window.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { need, type Steps } from "../../bytes/steps.js";
import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";

/** Reads a text of u8 length and that many bytes: an idstr, a block's name. */
export function* readCountedString(window: ByteWindow): Steps<never, string> {
  yield* need(window, 1);
  yield* need(window, 1 + window.peekU8());
  return takeCountedString(window);
}

/** The same, where all bytes are known to be there. */
export function takeCountedString(window: ByteWindow): string {
  return decodeUtf8(window.bytes(window.u8()));
}

/** Writes a text as u8 length and its UTF-8 bytes; throws `RangeError` above 255 of them. */
export function writeCountedString(writer: ByteWriter, text: string): void {
  const bytes = encodeUtf8(text);
  if (bytes.length > 255) throw new RangeError(`"${text}" is longer than 255 bytes`);
  writer.u8(bytes.length).bytes(bytes);
}
