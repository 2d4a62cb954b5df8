/**
 * Reading traces: simpletrace files and logs to records, and records to text.
 *
 * @module qtrace/traces
 */
export { DecodeError } from "../bytes/decode-error.js";
export { readChunks } from "../bytes/fed-reader.js";
export type { EventModel } from "../model/event-model.js";
export { EventTable } from "../model/event-table.js";
export { AnyTraceReader } from "./any-reader.js";
export { TraceDamage } from "./damage.js";
export { type EventStatistics, StatisticsCounter } from "./event-statistics.js";
export { JsonPrinter } from "./json-printer.js";
export { NoTraceError } from "./no-trace-error.js";
export { openTrace } from "./open-trace.js";
export { type RecordOrigin, readRecords, type TraceBytes } from "./read-records.js";
export {
  type DroppedRecord,
  type EventRecord,
  type GarbageRecord,
  namedValues,
  type RawReason,
  type RawRecord,
  type TextRecord,
  type TraceRecord,
} from "./record.js";
export type { RecordCursor } from "./record-cursor.js";
export type { DeclaredEvent, ReadRecord, RecordGroup } from "./record-group.js";
export { recordJson } from "./record-json.js";
export type { RecordPrinter } from "./record-printer.js";
export { renderSimpletrace } from "./render-simpletrace.js";
export { renderText } from "./render-text.js";
export { SimpletracePrinter } from "./simpletrace-printer.js";
export { SimpletraceReader } from "./simpletrace-reader.js";
export { TextPrinter } from "./text-printer.js";
export { type AnyEvents, type EventHandlers, Trace, type TraceOptions } from "./trace.js";
export { type TraceFormat, traceFormat, traceFormats } from "./trace-format.js";
export type { TraceInput } from "./trace-input.js";
export type { TraceReader } from "./trace-reader.js";
