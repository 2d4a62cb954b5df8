import { DecodeError } from "../../bytes/decode-error.js";
import { BitStream } from "./bit-stream.js";
import { nextState, readFseTable } from "./fse-table.js";

/** A table of a Huffman code (RFC 8878, 4.2): by the next `log` bits, the symbol and its bits. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

const MAX_BITS = 11;
const MAX_SYMBOLS = 255;

/** Reads the description of a table, from `start` on, and gives the offset after it. */
export function readHuffmanTable(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly table: HuffmanTable; readonly end: number } {
  if (start >= end) throw new DecodeError("a Huffman table is missing", 0);
  const head = bytes[start]!;
  const at = start + 1;
  const after = at + (head < 128 ? head : (head - 126) >> 1);
  if (after > end) throw new DecodeError("a Huffman table longer than its block", 0);
  const weights = head < 128 ? codedWeights(bytes, at, after) : plainWeights(bytes, at, head - 127);
  return { table: buildHuffmanTable(weights), end: after };
}

function plainWeights(bytes: Uint8Array, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const pair = bytes[start + (index >> 1)]!;
    return index & 1 ? pair & 15 : pair >> 4;
  });
}

/** Two states take turns, until the bits do not suffice for the next one. */
function codedWeights(bytes: Uint8Array, start: number, end: number): number[] {
  const { table, end: at } = readFseTable(bytes, start, end, { maxSymbol: MAX_BITS, maxLog: 6 });
  const stream = new BitStream(bytes, at, end);
  const weights: number[] = [];
  let state = stream.read(table.log);
  let other = stream.read(table.log);
  if (stream.left < 0) throw new DecodeError("a Huffman table is cut short", 0);
  for (;;) {
    if (weights.length > MAX_SYMBOLS - 2) {
      throw new DecodeError("too many symbols in a Huffman table", 0);
    }
    weights.push(table.symbols[state]!);
    if (stream.left < table.bits[state]!) {
      weights.push(table.symbols[other]!);
      return weights;
    }
    [state, other] = [other, nextState(table, state, stream)];
  }
}

/** The weight of the last symbol is not stored: it fills up the sum to a power of 2. */
function buildHuffmanTable(stored: readonly number[]): HuffmanTable {
  let sum = 0;
  for (const weight of stored) if (weight > 0) sum += 2 ** (weight - 1);
  const log = 32 - Math.clz32(sum);
  const size = 1 << log;
  const rest = size - sum;
  if (sum === 0 || log > MAX_BITS || (rest & (rest - 1)) !== 0) {
    throw new DecodeError("a damaged Huffman table", 0);
  }
  const weights = [...stored, 32 - Math.clz32(rest)];
  const lightest = weights.filter((weight) => weight === 1).length;
  if (lightest < 2 || lightest % 2 === 1) throw new DecodeError("a damaged Huffman table", 0);
  const symbols = new Uint8Array(size);
  const bits = new Uint8Array(size);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    for (const [symbol, other] of weights.entries()) {
      if (other !== weight) continue;
      const next = at + (1 << (weight - 1));
      symbols.fill(symbol, at, next);
      bits.fill(log + 1 - weight, at, next);
      at = next;
    }
  }
  return { log, symbols, bits };
}

/** Decodes the bits of `bytes` from `start` to `end`, which must fill `output` exactly. */
export function decodeHuffman(
  { log, symbols, bits }: HuffmanTable,
  bytes: Uint8Array,
  start: number,
  end: number,
  output: Uint8Array,
): void {
  const stream = new BitStream(bytes, start, end);
  for (let at = 0; at < output.length; at++) {
    const code = stream.peek(log);
    output[at] = symbols[code]!;
    stream.left -= bits[code]!;
  }
  if (stream.left !== 0) throw new DecodeError("literals of another length than stated", 0);
}
