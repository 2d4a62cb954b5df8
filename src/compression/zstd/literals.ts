import { DecodeError } from "../../bytes/decode-error.js";
import { decodeHuffman, type HuffmanTable, readHuffmanTable } from "./huffman-table.js";

/** The literals of a block, and what follows them. */
export interface Literals {
  readonly bytes: Uint8Array;
  /** Offset after the section. */
  readonly end: number;
  /** The code of these literals, or the one before if they have none. */
  readonly table: HuffmanTable | undefined;
}

interface LiteralsHead {
  readonly size: number;
  readonly stored: number;
  readonly streams: 1 | 4;
  readonly at: number;
}

/** Reads the literals section of a block (RFC 8878, 3.1.1.3.1), which begins at `start`. */
export function readLiterals(
  block: Uint8Array,
  start: number,
  end: number,
  blockMax: number,
  before: HuffmanTable | undefined,
): Literals {
  const kind = block[start]! & 3;
  const head = readHead(block, start);
  const { size, stored, streams, at } = head;
  const after = at + stored;
  if (size > blockMax) throw new DecodeError(`${size} literals in a block of ${blockMax}`, 0);
  if (at > end || after > end) throw new DecodeError("literals longer than their block", 0);
  if (kind === 0) return { bytes: block.subarray(at, after), end: after, table: before };
  const bytes = new Uint8Array(size);
  if (kind === 1) return { bytes: bytes.fill(block[at]!), end: after, table: before };
  let table = before;
  let from = at;
  if (kind === 2) ({ table, end: from } = readHuffmanTable(block, at, after));
  if (!table) throw new DecodeError("literals without a Huffman table", 0);
  if (streams === 1) decodeHuffman(table, block, from, after, bytes);
  else decodeFour(table, block, from, after, bytes);
  return { bytes, end: after, table };
}

function readHead(block: Uint8Array, start: number): LiteralsHead {
  const first = block[start]!;
  const format = (first >> 2) & 3;
  const word = first | (block[start + 1]! << 8) | (block[start + 2]! << 16);
  if ((first & 3) < 2) {
    const [width, size] = [
      [1, first >> 3],
      [2, (word & 0xffff) >> 4],
      [1, first >> 3],
      [3, word >> 4],
    ][format]!;
    return { size: size!, stored: (first & 3) === 1 ? 1 : size!, streams: 1, at: start + width! };
  }
  const streams = format === 0 ? 1 : 4;
  const fourth = block[start + 3]!;
  const rest = (word >>> 14) | (fourth << 10);
  if (format < 2) {
    return { size: (word >> 4) & 0x3ff, stored: word >>> 14, streams, at: start + 3 };
  }
  if (format === 2) {
    return { size: (word >> 4) & 0x3fff, stored: rest >>> 4, streams, at: start + 4 };
  }
  const stored = (rest >>> 8) | (block[start + 4]! << 10);
  return { size: (word >> 4) & 0x3ffff, stored, streams, at: start + 5 };
}

/** Four streams, each of a quarter of the literals; the lengths of the first three precede them. */
function decodeFour(
  table: HuffmanTable,
  block: Uint8Array,
  start: number,
  end: number,
  output: Uint8Array,
): void {
  const quarter = (output.length + 3) >> 2;
  let at = start + 6;
  if (output.length < 6 || at > end) throw new DecodeError("four streams of too few literals", 0);
  for (let stream = 0; stream < 4; stream++) {
    const field = start + 2 * stream;
    const next = stream === 3 ? end : at + (block[field]! | (block[field + 1]! << 8));
    if (next > end) throw new DecodeError("literals longer than their section", 0);
    const part = output.subarray(
      stream * quarter,
      stream === 3 ? undefined : (stream + 1) * quarter,
    );
    decodeHuffman(table, block, at, next, part);
    at = next;
  }
}
