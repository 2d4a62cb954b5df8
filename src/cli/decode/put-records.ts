import type { RecordCursor } from "../../traces/record-cursor.js";
import type { Trace } from "../../traces/trace.js";
import type { RecordSink } from "./record-sink.js";

/** Puts the records that are wanted into a sink. */
export async function putRecords(
  trace: Trace,
  isWanted: (cursor: RecordCursor) => boolean,
  sink: RecordSink,
): Promise<void> {
  await trace.eachChunk(async (reader) => {
    try {
      while (reader.advance()) {
        if (!isWanted(reader)) continue;
        sink.add(reader);
        if (sink.full) await sink.write();
      }
    } finally {
      await sink.endBlock();
    }
    return true;
  });
}
