/** Writers of the stream's parts, as docs and recordings have them: big-endian, savevm version 3. */

export function u8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

/** A big-endian integer of 1 to 8 bytes; what does not fit is cut off. */
export function integer(value: number | bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes.subarray(8 - size);
}

export function u16(value: number): Uint8Array {
  return integer(value, 2);
}

export function u32(value: number): Uint8Array {
  return integer(value, 4);
}

export function u64(value: number | bigint): Uint8Array {
  return integer(value, 8);
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** A string with its length in a byte before it. */
export function named(value: string): Uint8Array {
  const bytes = text(value);
  return join(u8(bytes.length), bytes);
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

export function header(machine: string): Uint8Array {
  const name = text(machine);
  return join(text("QEVM"), u32(3), u8(7), u32(name.length), name);
}

export function command(number: number, payload: Uint8Array): Uint8Array {
  return join(u8(8), u16(number), u16(payload.length), payload);
}

export type SectionKind = 1 | 2 | 3 | 4;

export function sectionHead(
  kind: SectionKind,
  id: number,
  { idstr, instance, version }: { idstr: string; instance: number; version: number },
): Uint8Array {
  if (kind === 2 || kind === 3) return join(u8(kind), u32(id));
  return join(u8(kind), u32(id), named(idstr), u32(instance), u32(version));
}

export function footer(id: number): Uint8Array {
  return join(u8(0x7e), u32(id));
}

export const PAGE_SIZE = 4096;

export interface Page {
  readonly block: string;
  readonly offset: number;
  readonly zero: boolean;
}

/** The sizes of RAM's blocks, as its START section has them. */
export function ramSetup(blocks: ReadonlyMap<string, number>): Uint8Array {
  const total = [...blocks.values()].reduce((sum, size) => sum + size, 0);
  const list = [...blocks].flatMap(([name, size]) => [named(name), u64(size)]);
  return join(u64(total + 0x04), ...list, endOfRam);
}

export const endOfRam: Uint8Array = u64(0x10);

/** A page's record; without its block's name where that is the one of the record before. */
export function ramPage({ block, offset, zero }: Page, continues: boolean): Uint8Array {
  const flags = (zero ? 0x02 : 0x08) + (continues ? 0x20 : 0);
  const name = continues ? new Uint8Array() : named(block);
  const data = zero ? u8(0) : new Uint8Array(PAGE_SIZE).fill(1 + ((offset / PAGE_SIZE) % 250));
  return join(u64(offset + flags), name, data);
}
