/**
 * What generated tracers run on: turning events on and off, and the sinks that take their records.
 *
 * @module qtrace/runtime
 */
export type { PrintfConversion, PrintfPiece } from "../printf/piece.js";
export { CallbackSink, type CallbackSinkOptions } from "./callback-sink.js";
export {
  ChannelSink,
  type ChannelSinkOptions,
  channelName,
  type TraceChannel,
} from "./channel-sink.js";
export {
  type Clock,
  monotonicClock,
  type SplitClock,
  splitClock,
  wallClock,
} from "./clock.js";
export type { EventGroup } from "./event-group.js";
export { LogSink, type LogSinkOptions, type LogTimestamps } from "./log-sink.js";
export { MemorySink, type MemorySinkOptions } from "./memory-sink.js";
export type { Write } from "./outlet.js";
export {
  type EventPattern,
  eventsFileLines,
  isSelected,
  parseEventsFile,
  parsePattern,
} from "./pattern.js";
export { RecordHold } from "./record-hold.js";
export {
  addSink,
  definedEvents,
  defineEvent,
  disableAllEvents,
  enableEvents,
  flushSinks,
  isEnabled,
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
export {
  enableByOption,
  listEvents,
  parseTraceOption,
  type TraceOption,
} from "./trace-option.js";
export type { NoArguments, TypedRecord } from "./typed-record.js";
export { wrapValue, wrapValues } from "./wrap-value.js";
