/** A thread that prints the records of some turns, and hands them over; see `Turns`. */

import { parentPort, workerData } from "node:worker_threads";
import { DecodeError } from "../../bytes/decode-error.js";
import { fileChunks } from "../../traces/file-chunks.js";
import { openTrace } from "../../traces/open-trace.js";
import { Failure, type Io } from "../io.js";
import { readEvents } from "../read-events.js";
import type { HelperPlan } from "./helper-plan.js";
import { recordSink } from "./make-sink.js";
import { rowGroupSink } from "./parquet-sink.js";
import { putRecords } from "./put-records.js";
import { readSelection, selector } from "./selection.js";
import { firstBytes, type Turns } from "./turns.js";

/** Turns that wait to be taken: enough that this thread need not wait while one is written. */
const AHEAD = 2;

/** What there is to say, the thread that writes says. */
const silent: Io = {
  out: async () => {},
  err: () => {},
  stdin: async function* () {},
  colors: false,
};

const { trace, size, events, selection, format, csvSafe, jobs, thread } = workerData as HelperPlan;
const port = parentPort!;
let waiting = 0;
let taken = () => {};
port.on("message", () => {
  waiting--;
  taken();
});

let begun = false;
const { table } = await readEvents(events, trace, silent);
const opened = openTrace(firstBytes(trace, fileChunks(trace), size), table);
const clock = () => opened.format?.clock ?? "none";
const isWanted = selector(readSelection(selection, table, silent), clock);

const turns: Turns = {
  isMine: (turn) => turn % jobs === thread,
  async end(turn) {
    if (turn % jobs !== thread) return;
    port.postMessage("end");
    waiting++;
    while (waiting > AHEAD) {
      await new Promise<void>((resolve) => {
        taken = resolve;
      });
    }
  },
};

/** Hands bytes of its own over without a copy. */
const post = async (part: unknown, pieces: readonly Uint8Array[]) => {
  if (begun)
    port.postMessage(
      part,
      pieces.map(({ buffer }) => buffer as ArrayBuffer),
    );
};
const sink =
  format === "parquet"
    ? rowGroupSink({ append: (group) => post(group, group.pieces), end: async () => {} }, turns)
    : recordSink(format, (piece) => post(piece, [piece as Uint8Array]), clock, turns, csvSafe);
// What stands before all records is not in this thread's turns.
await sink.write();
begun = true;

try {
  await putRecords(opened, isWanted, sink);
} catch (error) {
  // The thread that writes comes to the same place, and tells of it.
  if (!(error instanceof DecodeError || error instanceof Failure)) throw error;
}
await sink.end();
port.close();
