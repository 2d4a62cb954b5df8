import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { encodeUtf8 } from "../../../src/bytes/utf8.js";

/** Bytes of hexadecimal digits (blanks between them as one likes) and of "texts" among them. */
export function bytesOf(...parts: readonly (string | { readonly text: string })[]): Uint8Array {
  const writer = new ByteWriter("big");
  for (const part of parts) {
    if (typeof part === "string") writer.bytes(Buffer.from(part.replaceAll(/\s/g, ""), "hex"));
    else writer.bytes(encodeUtf8(part.text));
  }
  return writer.take();
}

/** Magic, version 3 and the configuration of the machine "none". */
export const HEADER = bytesOf("5145564d 00000003", "07 00000004", { text: "none" });

/** All parts behind each other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
