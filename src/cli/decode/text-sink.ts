import { JsonPrinter } from "../../traces/json-printer.js";
import type { RecordPrinter } from "../../traces/record-printer.js";
import { SimpletracePrinter } from "../../traces/simpletrace-printer.js";
import { TextPrinter } from "../../traces/text-printer.js";
import { CsvPrinter } from "./csv-printer.js";
import type { Put, RecordSink } from "./record-sink.js";

/** Text is handed over in pieces of about this many bytes. */
const PIECE = 1 << 16;

/** Lines as QEMU's log has them. */
export function textSink(put: Put): RecordSink {
  return printerSink(put, new TextPrinter());
}

/** Lines as simpletrace.py has them; what it cannot print is left out. */
export function simpletraceSink(put: Put): RecordSink {
  const printer = new SimpletracePrinter();
  return printerSink(put, printer, (cursor) => printer.pass(cursor));
}

/** An object a line. */
export function jsonlSink(put: Put): RecordSink {
  return printerSink(put, new JsonPrinter());
}

/** One table of comma-separated values for all records, behind a line with the columns' names. */
export function csvSink(put: Put): RecordSink {
  return printerSink(put, new CsvPrinter());
}

function printerSink(put: Put, printer: RecordPrinter, pass?: RecordSink["pass"]): RecordSink {
  const write = async () => {
    if (printer.length > 0) await put(printer.take());
  };
  return {
    add: (cursor) => printer.print(cursor),
    ...(pass && { pass }),
    get full() {
      return printer.length >= PIECE;
    },
    write,
    end: write,
  };
}
