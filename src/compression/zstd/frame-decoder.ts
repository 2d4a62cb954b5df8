import { DecodeError } from "../../bytes/decode-error.js";
import { BitStream } from "./bit-stream.js";
import { nextState } from "./fse-table.js";
import type { HuffmanTable } from "./huffman-table.js";
import { readLiterals } from "./literals.js";
import {
  literalLengths,
  matchLengths,
  readSequencesHead,
  type SequencesHead,
  type SequenceTables,
} from "./sequences.js";

/** The most that a block holds, compressed or not. */
export const BLOCK_MAX = 128 * 1024;

/** A larger window is given the memory of the largest at once: pages that are not used cost nothing. */
const SMALL_WINDOW = 8 << 20;

/** A block as a frame has it; `bytes` is one byte of a block that repeats it. */
export interface ZstdBlock {
  readonly kind: "raw" | "repeat" | "compressed";
  /** Bytes of content, unless it is compressed. */
  readonly size: number;
  readonly bytes: Uint8Array;
}

/**
 * Decodes the blocks of frames. It is as strict as `zstd`: what that refuses throws `DecodeError`,
 * whose offset says nothing. Memory is that of the largest window, and an eighth more.
 */
export class FrameDecoder {
  readonly #windowLimit: number;
  #buffer = new Uint8Array(0);
  /** Content before `#end` is what matches may refer to, as far as the frame reaches back. */
  #end = 0;
  #window = 0;
  #blockMax = 0;
  /** How much of the content before a block is kept. */
  #reach = 0;
  /** How much of the frame's content is in the buffer. */
  #held = 0;
  #huffman: HuffmanTable | undefined;
  #tables: SequenceTables | undefined;
  /** The last three offsets, the latest first. */
  #repeat1 = 1;
  #repeat2 = 4;
  #repeat3 = 8;
  readonly #scratch = new Uint8Array(BLOCK_MAX + 8);

  constructor(windowLimit: number) {
    this.#windowLimit = windowLimit;
  }

  /** Begins a frame. `window` is how far back matches may reach; no frame has more content than stated. */
  begin(window: number, contentSize = Number.POSITIVE_INFINITY): void {
    this.#window = window;
    this.#blockMax = Math.min(window, BLOCK_MAX);
    this.#end = 0;
    this.#held = 0;
    this.#huffman = undefined;
    this.#tables = undefined;
    this.#repeat1 = 1;
    this.#repeat2 = 4;
    this.#repeat3 = 8;
    this.#reach = Math.min(window, contentSize);
    const room = this.#reach > SMALL_WINDOW ? this.#windowLimit : this.#reach;
    const wanted = room + Math.max(room >> 3, 2 * BLOCK_MAX);
    if (this.#buffer.length < wanted) this.#buffer = new Uint8Array(wanted);
  }

  /** The content of the next block, as a copy. */
  decode({ kind, size, bytes }: ZstdBlock): Uint8Array<ArrayBuffer> {
    this.#makeRoom();
    const start = this.#end;
    if (kind === "raw") this.#buffer.set(bytes, start);
    if (kind === "repeat") this.#buffer.fill(bytes[0]!, start, start + size);
    const length = kind === "compressed" ? this.#decompress(bytes) : size;
    this.#end = start + length;
    this.#held += length;
    return this.#buffer.slice(start, this.#end);
  }

  /** Moves the window to the buffer's start, where a block might not fit after it. */
  #makeRoom(): void {
    if (this.#end + BLOCK_MAX <= this.#buffer.length) return;
    const kept = Math.min(this.#held, this.#reach);
    this.#buffer.copyWithin(0, this.#end - kept, this.#end);
    this.#end = kept;
    this.#held = kept;
  }

  #decompress(bytes: Uint8Array): number {
    // Readers of bits look at some bytes after those that they take.
    const block = this.#scratch;
    block.set(bytes);
    block.fill(0, bytes.length, bytes.length + 8);
    const end = bytes.length;
    if (end < 2) throw new DecodeError("a compressed block of less than 2 bytes", 0);
    const literals = readLiterals(block, 0, end, this.#blockMax, this.#huffman);
    this.#huffman = literals.table;
    const head = readSequencesHead(block, literals.end, end, this.#tables);
    this.#tables = head.tables;
    if (head.count > 0) return this.#execute(head, block, end, literals.bytes);
    this.#buffer.set(literals.bytes, this.#end);
    return literals.bytes.length;
  }

  /** Puts literals and copies of what was before in turns, and the rest of the literals. */
  #execute(
    { count, tables, at }: SequencesHead,
    block: Uint8Array,
    end: number,
    literals: Uint8Array,
  ): number {
    const { literals: lengthTable, offsets, matches } = tables!;
    const stream = new BitStream(block, at, end);
    const buffer = this.#buffer;
    const first = this.#end;
    const limit = first + this.#blockMax;
    const farthest = first - this.#held;
    let output = first;
    let taken = 0;
    let lengthState = stream.read(lengthTable.log);
    let offsetState = stream.read(offsets.log);
    let matchState = stream.read(matches.log);
    for (let left = count; left > 0; left--) {
      const offsetCode = offsets.symbols[offsetState]!;
      const matchCode = matches.symbols[matchState]!;
      const lengthCode = lengthTable.symbols[lengthState]!;
      const value = ((1 << offsetCode) >>> 0) + stream.read(offsetCode);
      const match = matchLengths.bases[matchCode]! + stream.read(matchLengths.bits[matchCode]!);
      const length =
        literalLengths.bases[lengthCode]! + stream.read(literalLengths.bits[lengthCode]!);
      if (left > 1) {
        lengthState = nextState(lengthTable, lengthState, stream);
        matchState = nextState(matches, matchState, stream);
        offsetState = nextState(offsets, offsetState, stream);
      }
      if (stream.left < 0) throw new DecodeError("a block's sequences are cut short", 0);
      const offset = this.#offset(value, length);
      if (taken + length > literals.length || output + length + match > limit) {
        throw new DecodeError("sequences longer than their block", 0);
      }
      for (const until = taken + length; taken < until; taken++)
        buffer[output++] = literals[taken]!;
      const from = output - offset;
      if (from < farthest || offset > this.#window) {
        throw new DecodeError(`a match ${offset} bytes back, before the frame or its window`, 0);
      }
      if (offset >= match && match > 64) buffer.copyWithin(output, from, from + match);
      else
        for (let index = 0; index < match; index++) buffer[output + index] = buffer[from + index]!;
      output += match;
    }
    if (stream.left !== 0) throw new DecodeError("sequences of another length than stated", 0);
    if (output + literals.length - taken > limit) {
      throw new DecodeError("more literals than fit in their block", 0);
    }
    buffer.set(literals.subarray(taken), output);
    return output + literals.length - taken - first;
  }

  /** Small values repeat one of the last three offsets (RFC 8878, 3.1.1.5). */
  #offset(value: number, literals: number): number {
    const which = literals === 0 ? value + 1 : value;
    let offset = value - 3;
    if (value <= 3) {
      if (which === 1) return this.#repeat1;
      if (which === 2) offset = this.#repeat2;
      else offset = which === 3 ? this.#repeat3 : this.#repeat1 - 1;
    }
    if (offset === 0) throw new DecodeError("a match 0 bytes back", 0);
    if (value > 3 || which > 2) this.#repeat3 = this.#repeat2;
    this.#repeat2 = this.#repeat1;
    this.#repeat1 = offset;
    return offset;
  }
}
