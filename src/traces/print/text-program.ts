import type { ArgumentModel, EventModel } from "../../model/event-model.js";
import { formatPrintf } from "../../printf/format.js";
import type { PrintfConversion, PrintfPiece, PrintfValue } from "../../printf/piece.js";
import type { EventProgram, Print } from "./event-programs.js";
import { highWord, literalRoom, lowWord, printLiteral, printPlain } from "./print-argument.js";
import {
  NUMBER,
  printDecimal,
  printDecimal64,
  printHexadecimal,
  printSigned,
  printSigned64,
} from "./print-number.js";

/** Prints an event's format filled in, as `formatPrintf` does, between two texts. */
export function textProgram(event: EventModel, before: string, behind: string): EventProgram {
  const merged = mergeLiterals([before, ...(event.format?.pieces ?? []), behind]);
  const most = merged.reduce(
    (sum, piece) => sum + (typeof piece === "string" ? literalRoom(piece) : roomFor(piece)),
    0,
  );
  const prints = merged.map((piece) =>
    typeof piece === "string"
      ? printLiteral(piece)
      : (shortCut(event, piece) ?? printOdd(event, piece)),
  );
  return { prints, most };
}

function roomFor({ width }: PrintfConversion): number {
  return NUMBER + (typeof width === "number" ? width : 0);
}

function mergeLiterals(pieces: readonly PrintfPiece[]): PrintfPiece[] {
  const merged: PrintfPiece[] = [];
  for (const piece of pieces) {
    if (piece === "") continue;
    const last = merged.at(-1);
    if (typeof piece === "string" && typeof last === "string") {
      merged[merged.length - 1] = last + piece;
    } else {
      merged.push(piece);
    }
  }
  return merged;
}

/** Conversions that most formats are made of; undefined for others. */
function shortCut(event: EventModel, conversion: PrintfConversion): Print | undefined {
  const { specifier, argument: index, flags, width, precision } = conversion;
  const argument = event.arguments[index]!;
  if (precision !== undefined || typeof width === "object") return undefined;
  if (flags !== undefined && flags !== "0") return undefined;
  if (flags === undefined && width !== undefined) return undefined;
  const zeros = flags === "0" ? (width ?? 0) : 0;
  if (argument.wire === "string") {
    return specifier === "s" && zeros === 0 ? printString(index) : undefined;
  }
  return shortInteger(argument, conversion, zeros);
}

function shortInteger(
  { type }: ArgumentModel,
  { specifier, argument: index, bits }: PrintfConversion,
  zeros: number,
): Print | undefined {
  if (type.kind === "bool" || specifier === "c" || specifier === "s") return undefined;
  const signed = specifier === "d" || specifier === "i";
  if (signed && zeros > 0) return undefined;
  const typeBits = type.kind === "integer" ? type.bits : 64;
  // A short argument is read by its own width, which a 64-bit conversion then makes longer.
  if (typeBits < 32 || bits < 32 || (bits === 64 && typeBits === 32)) return undefined;
  if (specifier === "p") return zeros === 0 && bits === 64 ? printPointer(index) : undefined;
  if (signed) return bits === 32 ? printSigned32(index) : printSignedWord(index);
  if (specifier === "u")
    return bits === 32 ? printDecimal32(index, zeros) : printDecimalWord(index, zeros);
  if (specifier === "x") return bits === 32 ? printHex32(index, zeros) : printHexWord(index, zeros);
  return undefined;
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

const anyBytes = new Uint8Array(256).fill(1);

/** A string's bytes as they are, be they UTF-8 or not. */
function printString(index: number): Print {
  return (output, scanner, positions) => {
    printPlain(output, scanner, positions[index]!, anyBytes);
  };
}

function printSigned32(index: number): Print {
  return (output, scanner, positions) =>
    printSigned(output, lowWord(scanner, positions[index]!) | 0);
}

function printSignedWord(index: number): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    printSigned64(output, highWord(scanner, at), lowWord(scanner, at));
  };
}

function printDecimal32(index: number, zeros: number): Print {
  return (output, scanner, positions) =>
    printDecimal(output, lowWord(scanner, positions[index]!), zeros);
}

function printDecimalWord(index: number, zeros: number): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    printDecimal64(output, highWord(scanner, at), lowWord(scanner, at), zeros);
  };
}

function printHex32(index: number, zeros: number): Print {
  return (output, scanner, positions) =>
    printHexadecimal(output, 0, lowWord(scanner, positions[index]!), zeros);
}

function printHexWord(index: number, zeros: number): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    printHexadecimal(output, highWord(scanner, at), lowWord(scanner, at), zeros);
  };
}

const printNil = printLiteral("(nil)");
const print0x = printLiteral("0x");

function printPointer(index: number): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    const high = highWord(scanner, at);
    const low = lowWord(scanner, at);
    if (high === 0 && low === 0) {
      printNil(output, scanner, positions);
      return;
    }
    print0x(output, scanner, positions);
    printHexadecimal(output, high, low);
  };
}
