import { on } from "node:events";
import { unreadable } from "../files.js";
import { Failure } from "../io.js";
import { startWorker } from "../start-worker.js";
import type { HelperPlan } from "./helper-plan.js";
import type { Put } from "./record-sink.js";
import type { Turns } from "./turns.js";

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
      const piece = await helpers[(block % jobs) - 1]!.take().catch((error: unknown) => {
        throw unreadable(trace, error);
      });
      if (!piece) throw new Failure(`${trace}: became shorter while it was read`);
      await put(piece);
    },
    close: async () => void (await Promise.all(helpers.map(({ end }) => end()))),
  };
}

function openHelper(plan: HelperPlan) {
  const worker = startWorker("decode/decode-worker", plan);
  const pieces = on(worker, "message", { close: ["exit"] });
  return {
    /** What is printed of its next block; undefined where it has none. */
    async take(): Promise<Uint8Array | undefined> {
      const { done, value } = await pieces.next();
      if (done) return undefined;
      worker.postMessage("taken");
      return (value as [Uint8Array])[0];
    },
    end: () => worker.terminate(),
  };
}
