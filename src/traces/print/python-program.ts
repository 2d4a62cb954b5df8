import type { ArgumentModel, EventModel } from "../../model/event-model.js";
import { type EventProgram, joinPrograms, type Print } from "./event-programs.js";
import {
  highWord,
  literalProgram,
  lowWord,
  plainAscii,
  printPlain,
  stringBytes,
} from "./print-argument.js";
import { NUMBER, printHexadecimal } from "./print-number.js";
import { pythonBytes } from "./python-bytes.js";

/** Prints an event's arguments as QEMU's `simpletrace.py` does, between two texts. */
export function pythonProgram(
  { arguments: args }: EventModel,
  before: string,
  behind: string,
): EventProgram {
  const parts = args.map((argument, index) =>
    joinPrograms(
      literalProgram(`${index > 0 ? " " : ""}${argument.name}=${isString(argument) ? "" : "0x"}`),
      { prints: [isString(argument) ? printBytes(index) : printWord(index)], most: NUMBER },
    ),
  );
  return joinPrograms(literalProgram(before), ...parts, literalProgram(behind));
}

function isString({ wire }: ArgumentModel): boolean {
  return wire === "string";
}

function printWord(index: number): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    printHexadecimal(output, highWord(scanner, at), lowWord(scanner, at));
  };
}

const LETTER_B = 0x62;
const QUOTE = 0x27;
/** What needs no escape, and does not decide which quotes stand around. */
const plain = plainAscii("\"'\\");

/** Most strings are printed as they are; the others go through `pythonBytes`. */
function printBytes(index: number): Print {
  return (output, scanner, positions) => {
    const at = positions[index]!;
    const from = output.length;
    output.bytes[output.length++] = LETTER_B;
    output.bytes[output.length++] = QUOTE;
    if (printPlain(output, scanner, at, plain)) {
      output.bytes[output.length++] = QUOTE;
      return;
    }
    output.length = from;
    output.text(pythonBytes(stringBytes(scanner, at)));
  };
}
