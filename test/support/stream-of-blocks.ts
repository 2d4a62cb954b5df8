/** The size of a page. */
export const PAGE = 4096;

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** A length of one byte and the text, as RAM records have the names of blocks. */
function short(text: string): Buffer {
  return Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)]);
}

/** A stream with one page for each block, filled with the block's number. */
export function streamOfBlocks(names: readonly string[]): Buffer {
  const footer = Buffer.concat([Buffer.of(0x7e), u32(2)]);
  const end = Buffer.concat([u64(0x10), footer]);
  return Buffer.concat([
    ...[Buffer.from("QEVM"), u32(3), Buffer.of(7), u32(11), Buffer.from("pc-q35-10.2")],
    ...[Buffer.of(1), u32(2), short("ram"), u32(0), u32(4), u64((names.length * PAGE) | 4)],
    ...names.flatMap((name) => [short(name), u64(PAGE)]),
    ...[end, Buffer.of(2), u32(2)],
    ...names.flatMap((name, index) => [u64(8), short(name), Buffer.alloc(PAGE, index + 1)]),
    ...[end, Buffer.of(0)],
  ]);
}
