import { decodeUtf8 } from "../../bytes/utf8.js";
import type { ArgumentModel, EventModel } from "../../model/event-model.js";
import type { ByteOutput } from "./byte-output.js";
import type { EventProgram, Print } from "./event-programs.js";
import {
  highWord,
  literalRoom,
  lowWord,
  plainAscii,
  printLiteral,
  printPlain,
  stringBytes,
} from "./print-argument.js";
import {
  NUMBER,
  printDecimal,
  printDecimal64,
  printSigned,
  printSigned64,
} from "./print-number.js";

/** What a quotation mark is written as: itself, or doubled inside a field of CSV. */
export type Quote = '"' | '""';

/**
 * Prints an event's arguments as `JSON.stringify(argumentsJson(record))` does, between two texts that
 * are printed as they are.
 */
export function jsonProgram(
  { arguments: args }: EventModel,
  before: string,
  behind: string,
  quote: Quote = '"',
): EventProgram {
  const prints: Print[] = [];
  let most = 0;
  let literal = `${before}{`;
  const flush = () => {
    prints.push(printLiteral(literal));
    most += literalRoom(literal);
    literal = "";
  };
  for (const [index, argument] of args.entries()) {
    const marks = isQuoted(argument) ? quote : "";
    literal += `${index > 0 ? "," : ""}${quoted(argument.name, quote)}:${marks}`;
    flush();
    prints.push(printValue(argument, index, quote));
    most += NUMBER;
    literal = marks;
  }
  literal += `}${behind}`;
  flush();
  return { prints, most };
}

function quoted(text: string, quote: Quote): string {
  const json = JSON.stringify(text);
  return quote === '"' ? json : json.replaceAll('"', quote);
}

/** Strings, and what does not fit a number of JavaScript, stand in quotation marks. */
function isQuoted({ type, wire }: ArgumentModel): boolean {
  if (wire === "string") return true;
  return type.kind === "integer" ? type.bits === 64 : type.kind !== "bool";
}

function printValue({ type, wire }: ArgumentModel, index: number, quote: Quote): Print {
  if (wire === "string") return printString(index, quote);
  if (type.kind === "bool") return printBool(index);
  const signed = type.kind === "integer" && type.signed;
  if (type.kind === "integer" && type.bits < 64) return printShort(index, type.bits, signed);
  return (output, scanner, positions) => {
    const at = positions[index]!;
    const print = signed ? printSigned64 : printDecimal64;
    print(output, highWord(scanner, at), lowWord(scanner, at));
  };
}

function printShort(index: number, bits: number, signed: boolean): Print {
  const shift = 32 - bits;
  return (output, scanner, positions) => {
    const shifted = lowWord(scanner, positions[index]!) << shift;
    if (signed) printSigned(output, shifted >> shift);
    else printDecimal(output, shifted >>> shift);
  };
}

const printTrue = printLiteral("true");
const printFalse = printLiteral("false");

function printBool(index: number): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    const isTrue = (highWord(scanner, at) | lowWord(scanner, at)) !== 0;
    (isTrue ? printTrue : printFalse)(output, scanner, positions);
  };
}

const plain = plainAscii('"\\');

/** Most strings are printed as they are; the others go through JSON.stringify. */
function printString(index: number, quote: Quote): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    if (!printPlain(output, scanner, at, plain))
      printEscaped(output, stringBytes(scanner, at), quote);
  };
}

function printEscaped(output: ByteOutput, bytes: Uint8Array, quote: Quote): void {
  output.text(quoted(decodeUtf8(bytes), quote).slice(quote.length, -quote.length));
}
