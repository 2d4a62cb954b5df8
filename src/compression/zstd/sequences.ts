import { DecodeError } from "../../bytes/decode-error.js";
import {
  buildFseTable,
  type FseLimits,
  type FseTable,
  readFseTable,
  singleSymbolTable,
} from "./fse-table.js";

/** The codes of sequences: of how many literals, of offsets, of the lengths of matches. */
export interface SequenceTables {
  readonly literals: FseTable;
  readonly offsets: FseTable;
  readonly matches: FseTable;
}

/** The head of a block's sequences (RFC 8878, 3.1.1.3.2.1). */
export interface SequencesHead {
  readonly count: number;
  readonly tables: SequenceTables | undefined;
  /** Where their bits begin. */
  readonly at: number;
}

const limits = {
  literals: { maxSymbol: 35, maxLog: 9 },
  offsets: { maxSymbol: 31, maxLog: 8 },
  matches: { maxSymbol: 52, maxLog: 9 },
} satisfies Record<keyof SequenceTables, FseLimits>;

/** The codes of a block that does not define any (RFC 8878, 3.1.1.3.2.2). */
const predefined: SequenceTables = {
  literals: buildFseTable(
    [
      4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1,
      1, -1, -1, -1, -1,
    ],
    6,
  ),
  offsets: buildFseTable(
    [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
    5,
  ),
  matches: buildFseTable(
    [
      1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
    ],
    6,
  ),
};

/** Reads what precedes the bits of a block's sequences. `before` are the tables of the block before. */
export function readSequencesHead(
  block: Uint8Array,
  start: number,
  end: number,
  before: SequenceTables | undefined,
): SequencesHead {
  if (start >= end) throw new DecodeError("a block without its number of sequences", 0);
  const first = block[start]!;
  let at = start + 1;
  let count = first;
  if (first === 255) {
    count = (block[at]! | (block[at + 1]! << 8)) + 0x7f00;
    at += 2;
  } else if (first > 127) {
    count = ((first - 128) << 8) | block[at]!;
    at += 1;
  }
  if (count === 0) {
    if (at !== end) throw new DecodeError("more in a block than its literals", 0);
    return { count, tables: before, at };
  }
  const modes = block[at]!;
  at += 1;
  if (at > end) throw new DecodeError("a block's sequences are cut short", 0);
  if ((modes & 3) !== 0) throw new DecodeError("a reserved bit of the sequences is set", 0);
  const table = (name: keyof SequenceTables, mode: number): FseTable => {
    if (mode === 0) return predefined[name];
    if (mode === 1) {
      if (at >= end) throw new DecodeError("a block's sequences are cut short", 0);
      return singleSymbolTable(block[at++]!, limits[name]);
    }
    if (mode === 2) {
      const read = readFseTable(block, at, end, limits[name]);
      at = read.end;
      return read.table;
    }
    if (!before) throw new DecodeError("sequences without their tables", 0);
    return before[name];
  };
  const literals = table("literals", modes >> 6);
  const offsets = table("offsets", (modes >> 4) & 3);
  const matches = table("matches", (modes >> 2) & 3);
  return { count, tables: { literals, offsets, matches }, at };
}

/** The last codes of both, one for each number of bits. */
const long = Array.from({ length: 10 }, (_, index): [number, number] => [1, 7 + index]);

/** By a code for a number of literals, its least number and how many bits are added to it. */
export const literalLengths = lengths(
  [[16, 0], [4, 1], [2, 2], [2, 3], [1, 4], [1, 6], ...long],
  0,
);

/** By a code for a match's length, its least length and how many bits are added to it. */
export const matchLengths = lengths([[32, 0], [4, 1], [2, 2], [2, 3], [2, 4], [1, 5], ...long], 3);

/** Codes in order, each number of codes with so many bits; the first is of `least`. */
function lengths(runs: readonly (readonly [codes: number, bits: number])[], least: number) {
  const bits = Uint8Array.from(runs.flatMap(([codes, width]) => Array<number>(codes).fill(width)));
  const bases = new Uint32Array(bits.length);
  let base = least;
  for (const [code, width] of bits.entries()) {
    bases[code] = base;
    base += 2 ** width;
  }
  return { bits, bases };
}
