/** Frames of zstd made by hand (RFC 8878): Node 20 has no compressor. */

/** A block's head, before its bytes. */
function blockHead(type: 0 | 1 | 2 | 3, size: number, last: boolean): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(size * 8 + type * 2 + (last ? 1 : 0));
  return word.subarray(0, 3);
}

/** A block that has its content as it is. */
export const rawBlock = (content: Uint8Array, last = false) =>
  Buffer.concat([blockHead(0, content.length, last), content]);

/** A block that repeats a byte. */
export const repeatBlock = (byte: number, size: number, last = false) =>
  Buffer.concat([blockHead(1, size, last), Buffer.of(byte)]);

/** A block of the type that is reserved. */
export const reservedBlock = () => blockHead(3, 0, true);

/** A frame with a window of 2^log bytes, and what is stated of its content, if anything. */
export function frame(
  log: number,
  blocks: readonly Uint8Array[],
  { checksum, contentSize }: { checksum?: number; contentSize?: number } = {},
): Buffer {
  const flags = (contentSize === undefined ? 0 : 0x80) | (checksum === undefined ? 0 : 4);
  const head = Buffer.alloc(contentSize === undefined ? 6 : 10);
  head.set([0x28, 0xb5, 0x2f, 0xfd, flags, (log - 10) << 3]);
  if (contentSize !== undefined) head.writeUInt32LE(contentSize, 6);
  const end = Buffer.alloc(checksum === undefined ? 0 : 4);
  if (checksum !== undefined) end.writeUInt32LE(checksum);
  return Buffer.concat([head, ...blocks, end]);
}

/** A frame that decoders skip. */
export function skippable(content: Uint8Array): Buffer {
  const head = Buffer.of(0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}
