/** What versions of records with a length differ in. */
export interface SimpletraceLayout {
  /** Bytes before a record's id: 8 where each item has its type, else 0. */
  readonly prefix: 0 | 8;
  /** True where the trace has a header, which is passed over. */
  readonly header: boolean;
  /** True where ids are positions in the declarations' order, false where mappings name them. */
  readonly positions: boolean;
}

/** The types of items, where they have one. */
export const MAPPING = 0;
export const RECORD = 1;
/** u64 id, u64 timestamp, u32 length, u32 pid. */
export const RECORD_HEAD = 24;
export const DROPPED_LENGTH = RECORD_HEAD + 8;
/** A longer one is damage, not a record: ten strings of 512 bytes are the most that QEMU writes. */
export const RECORD_LIMIT = 65536;
/** u64 type, u64 id, u32 length; behind it the name. */
export const MAPPING_HEAD = 20;
export const NAME_LIMIT = 1024;

/** True for letters, digits and underscores: what C's names are made of. */
export function isName(bytes: Uint8Array, from: number, length: number): boolean {
  for (let at = from; at < from + length; at++) {
    const byte = bytes[at]!;
    const letter = byte | 0x20;
    if (letter >= 0x61 && letter <= 0x7a) continue;
    if ((byte < 0x30 || byte > 0x39) && byte !== 0x5f) return false;
  }
  return true;
}
