/** A thread of an export: takes folders, one at a time, and tells what came of each. */

import { parentPort, workerData } from "node:worker_threads";
import { Failure, type Io } from "../io.js";
import type { ExportPlan } from "./export-plan.js";
import { Exporter } from "./exporter.js";
import type { FromWorker, ToWorker } from "./worker-messages.js";

const tell = (message: FromWorker) => parentPort?.postMessage(message);

const io: Io = {
  out: async () => {},
  err: (text) => tell({ type: "note", text }),
  stdin: async function* () {},
  colors: false,
};

const exporter = await guarded(() => Exporter.open(workerData as ExportPlan, io));
if (exporter) tell({ type: "ready" });

parentPort?.on("message", async (message: ToWorker) => {
  if (!exporter) return;
  if (message.type === "export") {
    const outcome = await guarded(() => exporter.export(message.folder));
    if (outcome) tell({ type: "outcome", outcome });
  } else {
    const closed = await guarded(async () => exporter.close().then(() => true));
    if (closed) tell({ type: "closed" });
  }
});

/** What a `Failure` says reaches the user as one line; our own mistakes end the thread. */
async function guarded<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tell({ type: "failure", message: error.message, exitCode: error.exitCode });
    return undefined;
  }
}
