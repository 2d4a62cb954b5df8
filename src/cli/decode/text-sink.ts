import { JsonPrinter } from "../../traces/json-printer.js";
import type { RecordCursor } from "../../traces/record-cursor.js";
import type { RecordPrinter } from "../../traces/record-printer.js";
import { SimpletracePrinter } from "../../traces/simpletrace-printer.js";
import { TextPrinter } from "../../traces/text-printer.js";
import { CsvPrinter } from "./csv-printer.js";
import type { Put, RecordSink } from "./record-sink.js";
import type { Turns } from "./turns.js";

/** Text is handed over in pieces of about this many bytes. */
const PIECE = 1 << 16;

/** Lines as QEMU's log has them. */
export function textSink(put: Put, turns: Turns): RecordSink {
  return printerSink(put, turns, new TextPrinter());
}

/** Lines as simpletrace.py has them; what it cannot print is left out. */
export function simpletraceSink(put: Put, turns: Turns): RecordSink {
  const printer = new SimpletracePrinter();
  return printerSink(put, turns, printer, (cursor) => printer.pass(cursor));
}

/** An object a line. */
export function jsonlSink(put: Put, turns: Turns): RecordSink {
  return printerSink(put, turns, new JsonPrinter());
}

/** One table of comma-separated values for all records, behind a line with the columns' names. */
export function csvSink(put: Put, turns: Turns, safe: boolean): RecordSink {
  return printerSink(put, turns, new CsvPrinter(safe));
}

/**
 * Puts what a printer makes of records; threads take turns in the trace's blocks. `pass` takes note
 * of a record that another thread prints.
 */
function printerSink(
  put: Put,
  turns: Turns,
  printer: RecordPrinter,
  pass: (cursor: RecordCursor) => void = () => {},
): RecordSink {
  let block = 0;
  let isMine = turns.isMine(block);
  const write = async () => {
    if (printer.length > 0) await put(printer.take());
  };
  return {
    add(cursor) {
      if (isMine) printer.print(cursor);
      else pass(cursor);
    },
    get full() {
      return printer.length >= PIECE;
    },
    write,
    async endBlock() {
      await write();
      await turns.end(block, put);
      isMine = turns.isMine(++block);
    },
    end: write,
  };
}
