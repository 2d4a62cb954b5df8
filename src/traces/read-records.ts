import { DecodeError } from "../bytes/decode-error.js";
import { readChunks } from "../bytes/fed-reader.js";
import type { EventModel } from "../model/event-model.js";
import { EventTable } from "../model/event-table.js";
import { AnyTraceReader } from "./any-reader.js";
import type { TraceDamage } from "./damage.js";
import { namedValues, type TraceRecord } from "./record.js";
import { modelOf, type ReadRecord, type RecordGroup } from "./record-group.js";

/** A trace's bytes: all at once, or in chunks of any length. */
export type TraceBytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What a record that is read tells beyond one that the program traced itself. */
export interface RecordOrigin {
  readonly pid: number;
}

/**
 * Reads a trace of any format into typed records: those of a generated group, whose union
 * `switch (record.event)` narrows, or of any declarations. Records of other events are passed over;
 * `damage` takes note of what is wrong with the others.
 *
 * Throws `DecodeError` as the readers do; for a generated group also where the trace does not name
 * its events (simpletrace before 4, or without header): their ids mean something only beside all
 * declarations of their QEMU. A null string is an empty one in a simpletrace.
 */
export async function* readRecords<R extends ReadRecord = ReadRecord>(
  trace: TraceBytes,
  group: RecordGroup<R> | readonly EventModel[],
  damage?: TraceDamage,
): AsyncGenerator<R & RecordOrigin, void, void> {
  const isGroup = "events" in group;
  const events = isGroup ? group.events.map(modelOf) : group;
  const reader = new AnyTraceReader(new EventTable(events));
  for await (const record of readChunks(reader, chunksOf(trace))) {
    if (isGroup) refusePositions(reader.format?.name ?? "");
    if (!isOther(record)) damage?.note(record);
    if (record.type !== "event") continue;
    const { event, timestamp, pid } = record;
    const read: ReadRecord & RecordOrigin = {
      group: event.group,
      event: event.name,
      timestamp,
      pid,
      arguments: namedValues(record),
    };
    yield read as R & RecordOrigin;
  }
}

function chunksOf(trace: TraceBytes): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return trace instanceof Uint8Array ? [trace] : trace;
}

/** Of an event of another group, or a line of a log that may be one. */
function isOther(record: TraceRecord): boolean {
  return record.type === "text" || (record.type === "raw" && record.reason === "undeclared");
}

function refusePositions(format: string): void {
  if (!format.startsWith("simpletrace")) return;
  if (format.startsWith("simpletrace-4") && !format.endsWith("headerless")) return;
  throw new DecodeError(`a ${format} trace names no events: a group's declarations do not do`, 0);
}
