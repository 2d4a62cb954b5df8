/** A thread that prints some of a trace's blocks, and hands each over; see `Turns`. */

import { parentPort, workerData } from "node:worker_threads";
import { DecodeError } from "../../bytes/decode-error.js";
import { fileChunks } from "../../traces/file-chunks.js";
import { openTrace } from "../../traces/open-trace.js";
import { Failure, type Io } from "../io.js";
import { readEvents } from "../read-events.js";
import type { HelperPlan } from "./helper-plan.js";
import { recordSink } from "./make-sink.js";
import { putRecords } from "./put-records.js";
import type { Put } from "./record-sink.js";
import { readSelection, selector } from "./selection.js";
import { firstBytes } from "./turns.js";

/** Printed blocks that wait to be taken: enough that this thread need not wait while one is written. */
const AHEAD = 2;

/** What there is to say, the thread that writes says. */
const silent: Io = {
  out: async () => {},
  err: () => {},
  stdin: async function* () {},
  colors: false,
};

const { trace, size, events, selection, format, jobs, thread } = workerData as HelperPlan;
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
/** Printers give bytes of their own, which are handed over without a copy. */
const put: Put = async (piece) => {
  if (begun) port.postMessage(piece, [(piece as Uint8Array<ArrayBuffer>).buffer]);
};
const sink = recordSink(format, put, clock);
// What stands before all records is not in this thread's blocks.
await sink.write();
begun = true;

const isMine = (block: number) => block % jobs === thread;
const end = async (block: number) => {
  if (!isMine(block)) return;
  port.postMessage("end");
  waiting++;
  while (waiting > AHEAD) {
    await new Promise<void>((resolve) => {
      taken = resolve;
    });
  }
};

try {
  await putRecords(opened, isWanted, sink, { isMine, end });
} catch (error) {
  // The thread that writes comes to the same place, and tells of it.
  if (!(error instanceof DecodeError || error instanceof Failure)) throw error;
}
port.close();
