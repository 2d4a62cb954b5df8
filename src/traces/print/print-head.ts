/** What a record tells before its arguments. */

import type { EventProgram } from "./event-programs.js";
import { literalRoom, printLiteral } from "./print-argument.js";
import { NUMBER, printDecimal, printDecimal64 } from "./print-number.js";

/** The process, or thread, in decimal. */
export const pidProgram: EventProgram = {
  prints: [(output, { pid }) => printDecimal(output, pid)],
  most: NUMBER,
};

/** The timestamp in nanoseconds between two texts; another text where the trace does not tell it. */
export function timeProgram(before: string, behind: string, none: string): EventProgram {
  const printBefore = printLiteral(before);
  const printBehind = printLiteral(behind);
  const printNone = printLiteral(none);
  return {
    prints: [
      (output, scanner, positions) => {
        const { timeHigh, timeLow } = scanner;
        if (timeHigh === 0 && timeLow === 0) {
          printNone(output, scanner, positions);
          return;
        }
        printBefore(output, scanner, positions);
        printDecimal64(output, timeHigh, timeLow);
        printBehind(output, scanner, positions);
      },
    ],
    most: NUMBER + literalRoom(before + behind + none),
  };
}
