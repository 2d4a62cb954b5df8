import { on } from "node:events";
import { unreadable } from "../files.js";
import { startWorker } from "../start-worker.js";
import type { HelperPlan } from "./helper-plan.js";
import type { Put } from "./record-sink.js";
import { becameShorter, type Turns } from "./turns.js";

/** The turns of the thread that writes, and the threads that help it. */
export interface Helpers extends Turns {
  readonly close: () => Promise<void>;
}

/** Starts the threads that print with this one, and puts what they print in its place. */
export function openHelpers(plan: Omit<HelperPlan, "thread">, put: Put): Helpers {
  const { jobs, trace } = plan;
  const helpers = Array.from({ length: jobs - 1 }, (_, index) =>
    openHelper({ ...plan, thread: index + 1 }),
  );
  return {
    isMine: (block) => block % jobs === 0,
    async end(block) {
      if (block % jobs === 0) return;
      await helpers[(block % jobs) - 1]!.take(put).catch((error: unknown) => {
        throw unreadable(trace, error);
      });
    },
    close: async () => void (await Promise.all(helpers.map(({ end }) => end()))),
  };
}

function openHelper(plan: HelperPlan) {
  const worker = startWorker("decode/decode-worker", plan);
  const messages = on(worker, "message", { close: ["exit"] });
  return {
    /** Puts what is printed of its next block. */
    async take(put: Put): Promise<void> {
      for (;;) {
        const { done, value } = await messages.next();
        if (done) throw becameShorter(plan.trace);
        const [piece] = value as [Uint8Array | "end"];
        if (piece === "end") break;
        await put(piece);
      }
      worker.postMessage("taken");
    },
    end: () => worker.terminate(),
  };
}
