import path from "node:path";
import { Worker } from "node:worker_threads";

/**
 * Starts a thread with a module of this folder, such as `fleet/export-worker`: beside the others when
 * built; from its TypeScript, by way of tsx, when not.
 */
export function startWorker(module: string, workerData: unknown): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    const file = new URL(`./${path.basename(module)}.js`, import.meta.url);
    return new Worker(file, { workerData });
  }
  const url = JSON.stringify(new URL(`./${module}.ts`, import.meta.url).href);
  const load = `import("tsx/esm/api").then(({ register }) => (register(), import(${url})))`;
  return new Worker(load, { eval: true, workerData });
}
