/**
 * Reading traces: simpletrace files to records, and records to text.
 *
 * @module qtrace/traces
 */
export { DecodeError } from "../bytes/decode-error.js";
export { readChunks } from "../bytes/fed-reader.js";
export type { EventModel } from "../model/event-model.js";
export { EventTable } from "../model/event-table.js";
export { TraceDamage } from "./damage.js";
export {
  type DroppedRecord,
  type EventRecord,
  namedValues,
  type RawRecord,
  type TraceRecord,
} from "./record.js";
export { recordJson } from "./record-json.js";
export { SimpletraceRenderer } from "./render-simpletrace.js";
export { renderText } from "./render-text.js";
export { SimpletraceReader } from "./simpletrace-reader.js";
