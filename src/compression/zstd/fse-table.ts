import { DecodeError } from "../../bytes/decode-error.js";
import type { BitStream } from "./bit-stream.js";

/** A table of a finite state entropy code (RFC 8878, 4.1): of each state its symbol and the next state. */
export interface FseTable {
  /** The states are numbers of so many bits. */
  readonly log: number;
  readonly symbols: Uint8Array;
  /** How many bits are read to get to the next state, and what is added to them. */
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** What may be in a table: symbols up to `maxSymbol`, states of `maxLog` bits. */
export interface FseLimits {
  readonly maxSymbol: number;
  readonly maxLog: number;
}

/** A table that has one symbol, and needs no bits. */
export function singleSymbolTable(symbol: number, { maxSymbol }: FseLimits): FseTable {
  if (symbol > maxSymbol) throw new DecodeError(`symbol ${symbol} in a table of ${maxSymbol}`, 0);
  return {
    log: 0,
    symbols: Uint8Array.of(symbol),
    bits: new Uint8Array(1),
    bases: new Uint16Array(1),
  };
}

/** Reads the description of a table, from `start` on, and gives the offset after it. */
export function readFseTable(
  bytes: Uint8Array,
  start: number,
  end: number,
  { maxSymbol, maxLog }: FseLimits,
): { readonly table: FseTable; readonly end: number } {
  let position = 0;
  const peek = (count: number) => {
    const at = start + (position >> 3);
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    return (word >>> (position & 7)) & ((1 << count) - 1);
  };
  const log = 5 + peek(4);
  position += 4;
  if (log > maxLog) throw new DecodeError(`a table of ${log} bits, more than ${maxLog}`, 0);
  const counts: number[] = [];
  let remaining = (1 << log) + 1;
  while (remaining > 1 && counts.length <= maxSymbol) {
    if (start + (position >> 3) >= end) break;
    // The count is at most `remaining`; small ones take one bit less.
    const width = 32 - Math.clz32(remaining);
    const threshold = 1 << (width - 1);
    const spare = 2 * threshold - 1 - remaining;
    const low = peek(width - 1);
    let value = low;
    if (low >= spare) {
      value = peek(width);
      if (value >= threshold) value -= spare;
      position += 1;
    }
    position += width - 1;
    const count = value - 1;
    counts.push(count);
    remaining -= Math.abs(count);
    // After a probability of zero, pairs of bits say how many more follow; 3 says that a pair follows.
    for (let zeros = count === 0 ? 3 : 0; zeros === 3 && counts.length <= maxSymbol; ) {
      zeros = peek(2);
      position += 2;
      for (let left = zeros; left > 0; left--) counts.push(0);
    }
  }
  const after = start + ((position + 7) >> 3);
  if (remaining !== 1 || counts.length > maxSymbol + 1 || after > end) {
    throw new DecodeError("a damaged table of probabilities", 0);
  }
  return { table: buildFseTable(counts, log), end: after };
}

/** The table of symbols' counts; -1 is a count below 1. */
export function buildFseTable(counts: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  const next = Uint16Array.from(counts, Math.abs);
  let high = size;
  for (const [symbol, count] of counts.entries()) if (count === -1) symbols[--high] = symbol;
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (const [symbol, count] of counts.entries()) {
    for (let left = count; left > 0; left--) {
      symbols[position] = symbol;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  }
  for (let state = 0; state < size; state++) {
    const number = next[symbols[state]!]!++;
    const width = log - 31 + Math.clz32(number);
    bits[state] = width;
    bases[state] = (number << width) - size;
  }
  return { log, symbols, bits, bases };
}

/** The state after `state`, by bits of the stream. */
export function nextState(table: FseTable, state: number, stream: BitStream): number {
  return table.bases[state]! + stream.read(table.bits[state]!);
}
