import { EventPrograms } from "../../../traces/print/event-programs.js";
import { jsonProgram } from "../../../traces/print/json-program.js";
import { textProgram } from "../../../traces/print/text-program.js";
import type { RecordCursor } from "../../../traces/record-cursor.js";
import { SimpletraceScanner } from "../../../traces/simpletrace/scanner.js";
import { recordCells, recordColumns } from "../record-table.js";
import { ParquetColumn } from "./column.js";
import { TextValues } from "./plain-values.js";
import { type RowGroup, takeRowGroup } from "./row-group.js";

/** The columns of the one table of all records, and the records in them that wait to be written. */
export class RecordColumns {
  readonly #columns: readonly ParquetColumn[];
  /** Texts and arguments are printed straight into their columns. */
  readonly #texts = new TextValues();
  readonly #objects = new TextValues();
  readonly #textPrograms = new EventPrograms((event) => textProgram(event, "", ""));
  readonly #objectPrograms = new EventPrograms((event) => jsonProgram(event, "", ""));

  constructor() {
    const printed: Readonly<Record<string, TextValues>> = {
      text: this.#texts,
      arguments: this.#objects,
    };
    this.#columns = recordColumns.map((column) => new ParquetColumn(column, printed[column.name]));
  }

  add(cursor: RecordCursor): void {
    if (cursor instanceof SimpletraceScanner && cursor.type === "event") this.#addEvent(cursor);
    else
      for (const [index, cell] of recordCells(cursor.record()).entries())
        this.#columns[index]!.add(cell);
  }

  /** Takes the records that wait; undefined where there are none. */
  take(): RowGroup | undefined {
    return takeRowGroup(this.#columns);
  }

  #addEvent(scanner: SimpletraceScanner): void {
    const [timestamp, pid, type, event, text, args] = this.#columns;
    timestamp!.add(scanner.timestamp || null);
    pid!.add(scanner.pid);
    type!.add("event");
    event!.add(scanner.name);
    print(this.#textPrograms, scanner, this.#texts);
    text!.endValue();
    print(this.#objectPrograms, scanner, this.#objects);
    args!.endValue();
  }
}

function print(programs: EventPrograms, scanner: SimpletraceScanner, values: TextValues): void {
  const from = values.begin();
  programs.print(scanner, values.output);
  values.end(from);
}
