import type { EventTable } from "../model/event-table.js";
import { detectFormat } from "./detect.js";
import { DetectingReader } from "./detecting-reader.js";

/** Reads a trace of any format that there is, by its content; nothing around it. */
export class AnyTraceReader extends DetectingReader {
  constructor(events: EventTable) {
    super((bytes, ended) => {
      const format = detectFormat(bytes, ended, events);
      return format && { format, reader: format.reader(events) };
    });
  }
}
