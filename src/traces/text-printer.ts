import { encodeUtf8 } from "../bytes/utf8.js";
import type { EventModel } from "../model/event-model.js";
import { formatPrintf } from "../printf/format.js";
import type { PrintfConversion, PrintfPiece, PrintfValue } from "../printf/piece.js";
import type { RecordCursor } from "./record-cursor.js";
import { renderText } from "./render-text.js";
import { joinHalves } from "./simpletrace/join-halves.js";
import { SimpletraceScanner } from "./simpletrace/scanner.js";

/** What prints one piece of a format. */
type Print = (printer: Output, scanner: SimpletraceScanner, positions: Int32Array) => void;

/** How an event is printed. */
interface Program {
  readonly prints: readonly Print[];
  /** The most bytes that all but strings and odd conversions take. */
  readonly most: number;
  /** For each argument, whether it is a string. */
  readonly strings: readonly boolean[];
}

/** The most digits of a 64-bit integer, octal ones, and what may stand before them. */
const NUMBER = 32;

/**
 * Prints records as `renderText` does, a line each, as bytes: many lines a buffer, without a string
 * for any of them. What no short cut is made for goes through `renderText` or `formatPrintf`.
 */
export class TextPrinter {
  readonly #output = new Output();
  readonly #programs: (Program | undefined)[] = [];
  readonly #positions = new Int32Array(64);

  /** How many bytes wait for `take`. */
  get length(): number {
    return this.#output.length;
  }

  /** Appends the line of the record that a cursor stands at. One printer serves one trace. */
  print(cursor: RecordCursor): void {
    if (cursor instanceof SimpletraceScanner && cursor.type === "event") this.#printEvent(cursor);
    else this.#output.text(`${renderText(cursor.record())}\n`);
  }

  /** The lines since the last time, as bytes of their own. */
  take(): Uint8Array {
    return this.#output.take();
  }

  #printEvent(scanner: SimpletraceScanner): void {
    const { key, view, payloadAt } = scanner;
    this.#programs[key] ??= compile(scanner.event!);
    const { prints, most, strings } = this.#programs[key];
    const little = scanner.order === "little";
    let at = payloadAt;
    for (let index = 0; index < strings.length; index++) {
      this.#positions[index] = at;
      at += strings[index] ? 4 + view.getUint32(at, little) : 8;
    }
    this.#output.reserve(most + scanner.payloadLength);
    for (const print of prints) print(this.#output, scanner, this.#positions);
  }
}

/** Bytes that grow; who writes has reserved them. */
class Output {
  bytes = new Uint8Array(1 << 17);
  length = 0;

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(2 * (this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  text(text: string): void {
    const bytes = encodeUtf8(text);
    // What waits to be printed behind this has reserved its own already.
    this.reserve(bytes.length + RESERVED);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}

/** Room for the rest of a line that holds an odd conversion: its payload has 64 KiB at most. */
const RESERVED = 1 << 17;

function compile(event: EventModel): Program {
  const merged = mergeLiterals([`${event.name} `, ...(event.format?.pieces ?? []), "\n"]);
  const prints = merged.map((piece) =>
    typeof piece === "string" ? printLiteral(encodeUtf8(piece)) : compileConversion(event, piece),
  );
  const most = merged.reduce(
    (sum, piece) => sum + (typeof piece === "string" ? 3 * piece.length : roomFor(piece)),
    0,
  );
  return { prints, most, strings: event.arguments.map(({ wire }) => wire === "string") };
}

function roomFor({ width }: PrintfConversion): number {
  return NUMBER + (typeof width === "number" ? width : 0);
}

function mergeLiterals(pieces: readonly PrintfPiece[]): PrintfPiece[] {
  const merged: PrintfPiece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (typeof piece === "string" && typeof last === "string") {
      merged[merged.length - 1] = last + piece;
    } else {
      merged.push(piece);
    }
  }
  return merged;
}

function printLiteral(literal: Uint8Array): Print {
  return (output) => {
    const { bytes, length: at } = output;
    for (let index = 0; index < literal.length; index++) bytes[at + index] = literal[index]!;
    output.length = at + literal.length;
  };
}

function compileConversion(event: EventModel, conversion: PrintfConversion): Print {
  return shortCut(event, conversion) ?? printOdd(event, conversion);
}

/** Conversions that most formats are made of; undefined for others. */
function shortCut(event: EventModel, conversion: PrintfConversion): Print | undefined {
  const { specifier, argument: index, bits, flags, width, precision } = conversion;
  const { type, wire } = event.arguments[index]!;
  if (precision !== undefined || typeof width === "object") return undefined;
  if (flags !== undefined && flags !== "0") return undefined;
  const zeros = flags === "0" ? (width ?? 0) : 0;
  if (flags === undefined && width !== undefined) return undefined;
  if (wire === "string") return specifier === "s" && zeros === 0 ? printString(index) : undefined;
  if (type.kind === "bool" || specifier === "c" || specifier === "s") return undefined;
  const signed = specifier === "d" || specifier === "i";
  if (signed && zeros > 0) return undefined;
  if (specifier === "p") return zeros === 0 && bits === 64 ? printPointer(index) : undefined;
  const narrow = type.kind === "integer" && type.bits < 32;
  const negative = type.kind === "integer" && type.signed && type.bits <= 32;
  // A short argument is read by its own width, which a 64-bit conversion then makes longer.
  if (narrow || bits < 32 || (bits === 64 && (negative || typeBits(type) === 32))) return undefined;
  if (signed) return bits === 32 ? printSigned32(index) : printSigned64(index);
  if (specifier === "u")
    return bits === 32 ? printDecimal32(index, zeros) : printDecimal64(index, zeros);
  if (specifier === "x") return bits === 32 ? printHex32(index, zeros) : printHex64(index, zeros);
  return undefined;
}

function typeBits(type: EventModel["arguments"][number]["type"]): number {
  return type.kind === "integer" ? type.bits : 64;
}

/** By way of typed values and a string. */
function printOdd(event: EventModel, conversion: PrintfConversion): Print {
  const pieces = [conversion];
  const wanted = [conversion.argument, conversion.width, conversion.precision].flatMap((part) =>
    typeof part === "object" ? [part.argument] : [],
  );
  wanted.push(conversion.argument);
  return (output, scanner) => {
    const values: PrintfValue[] = event.arguments.map(() => null);
    for (const index of wanted) values[index] = scanner.value(index);
    output.text(formatPrintf(pieces, values));
  };
}

function printString(index: number): Print {
  return (output, { view, order }, positions) => {
    const from = positions[index]! + 4;
    const length = view.getUint32(from - 4, order === "little");
    const { bytes, length: at } = output;
    for (let byte = 0; byte < length; byte++) bytes[at + byte] = view.getUint8(from + byte);
    output.length = at + length;
  };
}

function printSigned32(index: number): Print {
  return (output, scanner, positions) => {
    let value = lowWord(scanner, positions[index]!) | 0;
    if (value < 0) {
      output.bytes[output.length++] = MINUS;
      value = -value;
    }
    decimal(output, value, 0);
  };
}

function printSigned64(index: number): Print {
  return (output, scanner, positions) => {
    let high = highWord(scanner, positions[index]!);
    let low = lowWord(scanner, positions[index]!);
    if (high >= 0x8000_0000) {
      output.bytes[output.length++] = MINUS;
      high = ~high >>> 0;
      low = ~low >>> 0;
      if (low === 0xffff_ffff) high += 1;
      low = (low + 1) >>> 0;
    }
    decimal64(output, high, low, 0);
  };
}

function printDecimal32(index: number, zeros: number): Print {
  return (output, scanner, positions) =>
    decimal(output, lowWord(scanner, positions[index]!), zeros);
}

function printDecimal64(index: number, zeros: number): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    decimal64(output, highWord(scanner, at), lowWord(scanner, at), zeros);
  };
}

function printHex32(index: number, zeros: number): Print {
  return (output, scanner, positions) =>
    hexadecimal(output, 0, lowWord(scanner, positions[index]!), zeros);
}

function printHex64(index: number, zeros: number): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    hexadecimal(output, highWord(scanner, at), lowWord(scanner, at), zeros);
  };
}

const NIL = encodeUtf8("(nil)");
const printNil = printLiteral(NIL);

function printPointer(index: number): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    const high = highWord(scanner, at);
    const low = lowWord(scanner, at);
    if (high === 0 && low === 0) {
      printNil(output, scanner, positions);
      return;
    }
    output.bytes[output.length++] = ZERO;
    output.bytes[output.length++] = LETTER_X;
    hexadecimal(output, high, low, 0);
  };
}

const MINUS = 0x2d;
const ZERO = 0x30;
const LETTER_X = 0x78;
const LETTER_A = 0x61;

function lowWord({ view, order }: SimpletraceScanner, at: number): number {
  return order === "little" ? view.getUint32(at, true) : view.getUint32(at + 4);
}

function highWord({ view, order }: SimpletraceScanner, at: number): number {
  return order === "little" ? view.getUint32(at + 4, true) : view.getUint32(at);
}

/** Digits of an integer below 2^32, at least `least`. */
function decimal(output: Output, value: number, least: number): void {
  let digits = 1;
  for (let limit = 10; digits < 10 && value >= limit; limit *= 10) digits++;
  if (digits < least) digits = least;
  const { bytes, length } = output;
  let rest = value;
  for (let at = length + digits - 1; at >= length; at--) {
    const tenth = Math.floor(rest / 10);
    bytes[at] = ZERO + rest - 10 * tenth;
    rest = tenth;
  }
  output.length = length + digits;
}

/** Nine digits at a time are exact in numbers. */
const BILLION = 1_000_000_000;

function decimal64(output: Output, high: number, low: number, least: number): void {
  if (high === 0) {
    decimal(output, low, least);
  } else if (high < 0x20_0000) {
    const value = high * 0x1_0000_0000 + low;
    const upper = Math.floor(value / BILLION);
    decimal(output, upper, least - 9);
    decimal(output, value - upper * BILLION, 9);
  } else {
    output.text(joinHalves(high, low).toString().padStart(least, "0"));
  }
}

function hexadecimal(output: Output, high: number, low: number, least: number): void {
  let digits = high > 0 ? 16 - (Math.clz32(high) >> 2) : 8 - (Math.clz32(low | 1) >> 2);
  if (digits < least) digits = least;
  const { bytes, length } = output;
  let rest = low;
  for (let index = 0; index < digits; index++) {
    if (index === 8) rest = high;
    const nibble = rest & 15;
    bytes[length + digits - 1 - index] = nibble < 10 ? ZERO + nibble : LETTER_A - 10 + nibble;
    rest >>>= 4;
  }
  output.length = length + digits;
}
