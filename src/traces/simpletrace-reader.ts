import { DecodeError } from "../bytes/decode-error.js";
import type { EventTable } from "../model/event-table.js";
import { detectSimpletrace } from "./detect.js";
import { DetectingReader } from "./detecting-reader.js";
import { HEADER_LENGTH } from "./simpletrace/header.js";

/**
 * Reads simpletrace of any version and byte order, by its header (QEMU trace/simple.c). Give it the
 * declarations of the QEMU that wrote the trace: the file names its events, and tells nothing of
 * their arguments.
 *
 * Throws `DecodeError` where the bytes are no simpletrace, and at a cut end, behind all records
 * before it. For other formats, compressed ones, and shorter code see `openTrace`.
 */
export class SimpletraceReader extends DetectingReader {
  constructor(events: EventTable) {
    super((bytes, ended) => {
      const format = detectSimpletrace(bytes, ended);
      if (format) return { format, reader: format.reader(events) };
      if (ended || bytes.length >= HEADER_LENGTH) {
        throw new DecodeError("not a simpletrace file: its header is missing", 0);
      }
      return undefined;
    });
  }
}
