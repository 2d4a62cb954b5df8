/**
 * What generated tracers run on: turning events on and off, and the sinks that take their records.
 *
 * @module qtrace/runtime
 */
export type { PrintfConversion, PrintfPiece } from "../printf/piece.js";
export { type Clock, monotonicClock, wallClock } from "./clock.js";
export { LogSink, type LogSinkOptions, type LogTimestamps } from "./log-sink.js";
export { type MemoryRecord, MemorySink } from "./memory-sink.js";
export { type EventPattern, isSelected, parseEventsFile, parsePattern } from "./pattern.js";
export {
  addSink,
  definedEvents,
  defineEvent,
  disableAllEvents,
  enableEvents,
} from "./registry.js";
export { SimpleSink, type SimpleSinkOptions } from "./simple-sink.js";
export {
  type ArgumentDefinition,
  type ArgumentKind,
  type ArgumentValue,
  type EventDefinition,
  type Sink,
  TraceEvent,
} from "./trace-event.js";
