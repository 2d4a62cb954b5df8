import type { Io } from "../io.js";

/** A line on a terminal that tells how far something is; it vanishes when done. */
export interface Progress {
  readonly update: (done: number, total: number) => void;
  readonly end: () => void;
}

const WIDTH = 30;
const INTERVAL = 50;

/** A progress bar on a terminal; nothing where there is none. */
export function startProgress(what: string, { status }: Pick<Io, "status">): Progress {
  if (!status) return { update: () => {}, end: () => {} };
  let shown = 0;
  return {
    update(done, total) {
      const now = Date.now();
      if (now - shown < INTERVAL) return;
      shown = now;
      const filled = total === 0 ? WIDTH : Math.floor((done / total) * WIDTH);
      status(`${what} [${"=".repeat(filled)}${" ".repeat(WIDTH - filled)}] ${done}/${total}`);
    },
    end: () => status(""),
  };
}
