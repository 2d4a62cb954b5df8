import type { RecordCursor } from "../../traces/record-cursor.js";
import type { Trace } from "../../traces/trace.js";
import type { TraceReader } from "../../traces/trace-reader.js";
import type { RecordSink } from "./record-sink.js";
import { alone, type Turns } from "./turns.js";

/** Puts the records that are wanted into a sink, where it is this thread's turn. */
export async function putRecords(
  trace: Trace,
  isWanted: (cursor: RecordCursor) => boolean,
  sink: RecordSink,
  turns: Turns = alone,
): Promise<void> {
  const put = async (reader: TraceReader) => {
    while (reader.advance()) {
      if (!isWanted(reader)) continue;
      sink.add(reader);
      if (sink.full) await sink.write();
    }
  };
  const pass = (reader: TraceReader) => {
    while (reader.advance()) if (isWanted(reader)) sink.pass?.(reader);
  };
  let block = 0;
  await trace.eachChunk(async (reader) => {
    try {
      if (turns.isMine(block)) await put(reader);
      else pass(reader);
    } finally {
      if (turns.isMine(block)) await sink.write();
      await turns.end(block++);
    }
    return true;
  });
}
