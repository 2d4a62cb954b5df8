import { on } from "node:events";
import { unreadable } from "../files.js";
import { startWorker } from "../start-worker.js";
import type { HelperPlan } from "./helper-plan.js";
import { becameShorter, type Turns } from "./turns.js";

/** The turns of the thread that writes, and the threads that help it. */
export interface Helpers extends Turns {
  readonly close: () => Promise<void>;
}

/** Starts the threads that print with this one. */
export function openHelpers(plan: Omit<HelperPlan, "thread">): Helpers {
  const { jobs, trace } = plan;
  const helpers = Array.from({ length: jobs - 1 }, (_, index) =>
    openHelper({ ...plan, thread: index + 1 }),
  );
  return {
    isMine: (turn) => turn % jobs === 0,
    async end(turn, put) {
      if (turn % jobs === 0) return;
      await helpers[(turn % jobs) - 1]!.take(put).catch((error: unknown) => {
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
    /** Puts what it has made of its next turn. */
    async take<Part>(put: (part: Part) => Promise<void>): Promise<void> {
      for (;;) {
        const { done, value } = await messages.next();
        if (done) throw becameShorter(plan.trace);
        const [part] = value as [Part | "end"];
        if (part === "end") break;
        await put(part);
      }
      worker.postMessage("taken");
    },
    end: () => worker.terminate(),
  };
}
