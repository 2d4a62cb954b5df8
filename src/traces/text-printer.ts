import { ByteOutput } from "./print/byte-output.js";
import { EventPrograms } from "./print/event-programs.js";
import { textProgram } from "./print/text-program.js";
import type { RecordCursor } from "./record-cursor.js";
import type { RecordPrinter } from "./record-printer.js";
import { renderText } from "./render-text.js";
import { SimpletraceScanner } from "./simpletrace/scanner.js";

/**
 * Prints records as `renderText` does, a line each. What no short cut is made for goes through
 * `renderText` or `formatPrintf`.
 */
export class TextPrinter implements RecordPrinter {
  readonly #output = new ByteOutput();
  readonly #programs = new EventPrograms((event) => textProgram(event, `${event.name} `, "\n"));

  get length(): number {
    return this.#output.length;
  }

  print(cursor: RecordCursor): void {
    if (cursor instanceof SimpletraceScanner && cursor.type === "event")
      this.#programs.print(cursor, this.#output);
    else this.#output.text(`${renderText(cursor.record())}\n`);
  }

  take(): Uint8Array {
    return this.#output.take();
  }
}
