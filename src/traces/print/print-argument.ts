/** What printers of arguments share: literals, words of integers, bytes of strings. */

import { encodeUtf8 } from "../../bytes/utf8.js";
import type { SimpletraceScanner } from "../simpletrace/scanner.js";
import type { ByteOutput } from "./byte-output.js";
import type { EventProgram, Print } from "./event-programs.js";

/** The most bytes that `printLiteral` touches. */
export function literalRoom(text: string): number {
  return 3 * text.length + WORD;
}

const WORD = 4;

/** Text that is the same in each record. It is written by words: what is too much is written over. */
export function printLiteral(text: string): Print {
  const literal = encodeUtf8(text);
  const padded = new Uint8Array(literal.length + WORD);
  padded.set(literal);
  const view = new DataView(padded.buffer);
  const words = Int32Array.from({ length: Math.ceil(literal.length / WORD) }, (_, index) =>
    view.getInt32(WORD * index, true),
  );
  return (output) => {
    const { view: to, length: at } = output;
    for (let index = 0; index < words.length; index++)
      to.setInt32(at + WORD * index, words[index]!, true);
    output.length = at + literal.length;
  };
}

/** A program that prints nothing but a text. */
export function literalProgram(text: string): EventProgram {
  return { prints: [printLiteral(text)], most: literalRoom(text) };
}

/** The lower half of an argument of 64 bits. */
export function lowWord({ view, order }: SimpletraceScanner, at: number): number {
  return order === "little" ? view.getUint32(at, true) : view.getUint32(at + 4);
}

/** The upper half of an argument of 64 bits. */
export function highWord({ view, order }: SimpletraceScanner, at: number): number {
  return order === "little" ? view.getUint32(at + 4, true) : view.getUint32(at);
}

/** How many bytes a string has that lies behind its length at `at`. */
export function stringLength({ view, order }: SimpletraceScanner, at: number): number {
  return view.getUint32(at, order === "little");
}

/** A string's bytes, good until the scanner moves on. */
export function stringBytes(scanner: SimpletraceScanner, at: number): Uint8Array {
  const { buffer, byteOffset } = scanner.view;
  return new Uint8Array(buffer, byteOffset + at + 4, stringLength(scanner, at));
}

/** For each byte 1 where it is plain: a visible character of ASCII or the blank, but none of `odd`. */
export function plainAscii(odd: string): Uint8Array {
  const plain = new Uint8Array(256).fill(1, 0x20, 0x7f);
  for (const character of odd) plain[character.charCodeAt(0)] = 0;
  return plain;
}

/**
 * Appends the bytes of the string that lies behind its length at `at`; false where one of them is not
 * plain, and nothing is appended.
 */
export function printPlain(
  output: ByteOutput,
  scanner: SimpletraceScanner,
  at: number,
  plain: Uint8Array,
): boolean {
  const { view } = scanner;
  const length = stringLength(scanner, at);
  const from = at + 4;
  output.reserve(length);
  const { bytes, length: to } = output;
  for (let index = 0; index < length; index++) {
    const byte = view.getUint8(from + index);
    if (plain[byte] === 0) return false;
    bytes[to + index] = byte;
  }
  output.length = to + length;
  return true;
}
