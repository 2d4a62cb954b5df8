import { JsonPrinter } from "../../traces/json-printer.js";
import type { RecordCursor } from "../../traces/record-cursor.js";
import { SimpletraceRenderer } from "../../traces/render-simpletrace.js";
import { TextPrinter } from "../../traces/text-printer.js";
import type { Put, RecordSink } from "./record-sink.js";
import { csvRow, recordCells, recordColumns } from "./record-table.js";

/** Text is handed over in pieces of about this many characters. */
const PIECE = 1 << 16;

/** Lines as QEMU's log has them. */
export function textSink(put: Put): RecordSink {
  const printer = new TextPrinter();
  const write = async () => {
    if (printer.length > 0) await put(printer.take());
  };
  return {
    add: (cursor) => printer.print(cursor),
    get full() {
      return printer.length >= PIECE;
    },
    write,
    end: write,
  };
}

/** Lines as simpletrace.py has them; what it cannot print is left out. */
export function simpletraceSink(put: Put): RecordSink {
  const renderer = new SimpletraceRenderer();
  return {
    ...lineSink(put, (cursor) => renderer.render(cursor.record())),
    pass: (cursor) => renderer.pass(cursor),
  };
}

/** An object a line. */
export function jsonlSink(put: Put): RecordSink {
  const printer = new JsonPrinter();
  return lineSink(put, (cursor) => printer.print(cursor));
}

/** One table of comma-separated values for all records, behind a line with the columns' names. */
export function csvSink(put: Put): RecordSink {
  const header = `${csvRow(recordColumns.map(({ name }) => name))}\n`;
  return lineSink(put, (cursor) => csvRow(recordCells(cursor.record())), header);
}

function lineSink(
  put: Put,
  line: (cursor: RecordCursor) => string | undefined,
  header = "",
): RecordSink {
  let text = header;
  const write = async () => {
    const piece = text;
    text = "";
    if (piece !== "") await put(piece);
  };
  return {
    add(cursor) {
      const rendered = line(cursor);
      if (rendered !== undefined) text += `${rendered}\n`;
    },
    get full() {
      return text.length >= PIECE;
    },
    write,
    end: write,
  };
}
