import { Worker } from "node:worker_threads";

/** Minutes are for a machine that does other things, too: what matters is that it ends at all. */
const LIMIT_MS = 60_000;

/** Ends the process where an input is not done after a minute: no timer of this thread could. */
const code = `
const { workerData: { shared, limit, message } } = require("node:worker_threads");
const current = new Int32Array(shared);
let last = -1;
let since = Date.now();
setInterval(() => {
  const steps = Atomics.load(current, 0);
  if (steps !== last) [last, since] = [steps, Date.now()];
  else if (Date.now() - since > limit) {
    require("node:fs").writeSync(2, message.replace("#", Atomics.load(current, 1)) + "\\n");
    process.kill(process.pid, "SIGKILL");
  }
}, 1000);
`;

/** Watches over the inputs of a run. */
export interface Watchdog {
  /** An input is about to be tried. */
  startOf(input: number): void;
  stop(): void;
}

/** Starts to watch; `message` names the input that does not end. */
export function watch(message: (input: "#") => string): Watchdog {
  const shared = new SharedArrayBuffer(8);
  const current = new Int32Array(shared);
  const workerData = { shared, limit: LIMIT_MS, message: message("#") };
  const worker = new Worker(code, { eval: true, workerData });
  worker.unref();
  return {
    startOf(input) {
      Atomics.store(current, 1, input);
      Atomics.add(current, 0, 1);
    },
    stop: () => void worker.terminate(),
  };
}
