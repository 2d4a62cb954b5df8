/** What printers of arguments share: literals, words of integers, bytes of strings. */

import { encodeUtf8 } from "../../bytes/utf8.js";
import type { SimpletraceScanner } from "../simpletrace/scanner.js";
import type { EventProgram, Print } from "./event-programs.js";

/** Text that is the same in each record. */
export function printLiteral(text: string): Print {
  const literal = encodeUtf8(text);
  return (output) => {
    const { bytes, length: at } = output;
    for (let index = 0; index < literal.length; index++) bytes[at + index] = literal[index]!;
    output.length = at + literal.length;
  };
}

/** A program that prints nothing but a text. */
export function literalProgram(text: string): EventProgram {
  return { prints: [printLiteral(text)], most: 3 * text.length };
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
