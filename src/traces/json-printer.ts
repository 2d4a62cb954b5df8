import type { EventModel } from "../model/event-model.js";
import { ByteOutput } from "./print/byte-output.js";
import { type EventProgram, EventPrograms, joinPrograms } from "./print/event-programs.js";
import { jsonProgram } from "./print/json-program.js";
import { literalProgram } from "./print/print-argument.js";
import { pidProgram, timeProgram } from "./print/print-head.js";
import type { RecordCursor } from "./record-cursor.js";
import { recordJson } from "./record-json.js";
import type { RecordPrinter } from "./record-printer.js";
import { SimpletraceScanner } from "./simpletrace/scanner.js";

/** Prints records as `JSON.stringify(recordJson(record))` does, a line each. */
export class JsonPrinter implements RecordPrinter {
  readonly #output = new ByteOutput();
  readonly #programs = new EventPrograms(recordProgram);

  get length(): number {
    return this.#output.length;
  }

  print(cursor: RecordCursor): void {
    if (cursor instanceof SimpletraceScanner && cursor.type === "event")
      this.#programs.print(cursor, this.#output);
    else this.#output.text(`${JSON.stringify(recordJson(cursor.record()))}\n`);
  }

  take(): Uint8Array {
    return this.#output.take();
  }
}

function recordProgram(event: EventModel): EventProgram {
  return joinPrograms(
    literalProgram(`{"event":${JSON.stringify(event.name)},"timestamp":`),
    timeProgram('"', '"', "null"),
    literalProgram(',"pid":'),
    pidProgram,
    jsonProgram(event, ',"arguments":', "}\n"),
  );
}
