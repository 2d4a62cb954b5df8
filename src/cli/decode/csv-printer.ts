import type { EventModel } from "../../model/event-model.js";
import { ByteOutput } from "../../traces/print/byte-output.js";
import {
  type EventProgram,
  EventPrograms,
  joinPrograms,
} from "../../traces/print/event-programs.js";
import { jsonProgram } from "../../traces/print/json-program.js";
import { literalProgram } from "../../traces/print/print-argument.js";
import { pidProgram, timeProgram } from "../../traces/print/print-head.js";
import { textProgram } from "../../traces/print/text-program.js";
import type { RecordCursor } from "../../traces/record-cursor.js";
import type { RecordPrinter } from "../../traces/record-printer.js";
import { SimpletraceScanner } from "../../traces/simpletrace/scanner.js";
import { closeField } from "./csv-field.js";
import { csvRow, recordCells, recordColumns } from "./record-table.js";

/** Prints the table of all records as `csvRow(recordCells(record))` does, behind its columns' names. */
export class CsvPrinter implements RecordPrinter {
  readonly #output = new ByteOutput();
  readonly #programs: EventPrograms;
  readonly #safe: boolean;

  /** `safe` as `csvField` has it. */
  constructor(safe = false) {
    this.#safe = safe;
    this.#programs = new EventPrograms((event) => rowProgram(event, safe));
    this.#output.text(`${csvRow(recordColumns.map(({ name }) => name))}\n`);
  }

  get length(): number {
    return this.#output.length;
  }

  print(cursor: RecordCursor): void {
    if (cursor instanceof SimpletraceScanner && cursor.type === "event")
      this.#programs.print(cursor, this.#output);
    else this.#output.text(`${csvRow(recordCells(cursor.record()), this.#safe)}\n`);
  }

  take(): Uint8Array {
    return this.#output.take();
  }
}

function rowProgram(event: EventModel, safe: boolean): EventProgram {
  const { arguments: args, name } = event;
  const quote = args.length > 0 ? '"' : "";
  return joinPrograms(
    timeProgram("", "", ""),
    literalProgram(","),
    pidProgram,
    literalProgram(`,event,${name},`),
    fieldProgram(textProgram(event, "", ""), safe),
    jsonProgram(event, `,${quote}`, `${quote}\n`, '""'),
  );
}

/** What a program prints, as a field. */
function fieldProgram({ prints, most }: EventProgram, safe: boolean): EventProgram {
  return {
    prints: [
      (output, scanner, positions) => {
        const from = output.length;
        for (const print of prints) print(output, scanner, positions);
        closeField(output, from, safe);
      },
    ],
    most,
  };
}
