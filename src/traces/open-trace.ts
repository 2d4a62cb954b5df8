import { decompress } from "../compression/decompress.js";
import type { EventTable } from "../model/event-table.js";
import { AnyTraceReader } from "./any-reader.js";
import { DetectingReader } from "./detecting-reader.js";
import { Trace, type TraceOptions } from "./trace.js";
import { inputChunks, type TraceInput } from "./trace-input.js";

/**
 * Opens a trace of any format, compressed or not: simpletrace, logs, ftrace, syslog (`traceFormats`
 * lists them). The format is told by the content, when reading begins.
 *
 *     for await (const record of openTrace("trace-4711", events)) …
 *
 * `events` are the declarations of the QEMU that wrote the trace. What is damaged is passed over and
 * counted (`Trace.damage`); `DecodeError` is thrown at a cut end, behind the last whole record, and
 * as `NoTraceError` for what is no trace.
 */
export function openTrace(
  input: TraceInput,
  events: EventTable,
  options: TraceOptions = {},
): Trace {
  const { format } = options;
  const reader = format
    ? new DetectingReader(() => ({ format, reader: format.reader(events) }))
    : new AnyTraceReader(events);
  return new Trace(reader, decompress(inputChunks(input)), events, options);
}
