import type { Worker } from "node:worker_threads";
import { atEnd } from "../end-of-process.js";
import { Failure, type Io } from "../io.js";
import { startWorker } from "../start-worker.js";
import type { ExportPlan, Outcome } from "./export-plan.js";
import { Exporter } from "./exporter.js";
import { clearUnfinished } from "./part.js";
import type { FromWorker, ToWorker } from "./worker-messages.js";

/** Recordings that make a further thread worth its start. */
const PER_THREAD = 40;

/**
 * Exports recordings, by up to `jobs` threads at once, and tells of each as it is done. Throws
 * `Failure` where rows cannot be written; those that were before are there.
 */
export async function runExport(
  folders: readonly string[],
  plan: ExportPlan,
  jobs: number,
  io: Io,
  done: (outcome: Outcome) => void,
): Promise<void> {
  const { target } = plan;
  const clear = () => {
    if (target.kind === "files") clearUnfinished(target.folder);
  };
  const forget = atEnd(clear);
  try {
    await exportAll(folders, plan, jobs, io, done);
  } catch (error) {
    // Threads may have been ended in the middle of a part.
    clear();
    throw error;
  } finally {
    forget();
  }
}

async function exportAll(
  folders: readonly string[],
  plan: ExportPlan,
  jobs: number,
  io: Io,
  done: (outcome: Outcome) => void,
): Promise<void> {
  const threads = Math.min(jobs, Math.ceil(folders.length / PER_THREAD));
  const queue = folders.values();
  if (threads <= 1) return exportHere(queue, plan, io, done);
  // What cannot be opened is said once, and made once.
  await (await Exporter.open(plan, io)).close();
  const workers = Array.from({ length: threads }, () => startWorker("fleet/export-worker", plan));
  try {
    await Promise.all(workers.map((worker) => feed(worker, queue, io, done)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function exportHere(
  folders: Iterable<string>,
  plan: ExportPlan,
  io: Io,
  done: (outcome: Outcome) => void,
): Promise<void> {
  const exporter = await Exporter.open(plan, io);
  for (const folder of folders) done(await exporter.export(folder));
  await exporter.close();
}

/** Gives a thread one recording after another until there is none left, then has it end. */
function feed(
  worker: Worker,
  folders: Iterator<string>,
  io: Io,
  done: (outcome: Outcome) => void,
): Promise<void> {
  const send = (message: ToWorker) => worker.postMessage(message);
  const next = () => {
    const { value, done: none } = folders.next();
    send(none ? { type: "close" } : { type: "export", folder: value });
  };
  return new Promise((resolve, reject) => {
    worker.on("error", reject);
    worker.on("exit", () => reject(new Error("a thread of the export ended before its time")));
    worker.on("message", (message: FromWorker) => {
      switch (message.type) {
        case "ready":
          return next();
        case "outcome":
          done(message.outcome);
          return next();
        case "note":
          return io.err(message.text);
        case "failure":
          return reject(new Failure(message.message, message.exitCode));
        case "closed":
          return resolve();
      }
    });
  });
}
