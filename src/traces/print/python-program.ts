import type { ArgumentModel, EventModel } from "../../model/event-model.js";
import { type EventProgram, joinPrograms, type Print } from "./event-programs.js";
import { highWord, literalProgram, lowWord, stringBytes, stringLength } from "./print-argument.js";
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

/** Most strings are printed as they are; the others go through `pythonBytes`. */
function printBytes(index: number): Print {
  return (output, scanner, positions) => {
    const { view } = scanner;
    const from = positions[index]! + 4;
    const length = stringLength(scanner, from - 4);
    output.reserve(length + 3);
    const { bytes, length: at } = output;
    bytes[at] = LETTER_B;
    bytes[at + 1] = QUOTE;
    for (let byte = 0; byte < length; byte++) {
      const character = view.getUint8(from + byte);
      if (!isPlain(character)) {
        output.text(pythonBytes(stringBytes(scanner, from - 4)));
        return;
      }
      bytes[at + 2 + byte] = character;
    }
    bytes[at + 2 + length] = QUOTE;
    output.length = at + length + 3;
  };
}

/** True for a character that needs no escape, and does not decide which quotes stand around. */
function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== QUOTE && byte !== 0x5c;
}
