/** A line on a terminal that tells how far something is; it vanishes when done. */
export interface Progress {
  readonly update: (done: number, total: number) => void;
  readonly end: () => void;
}

const WIDTH = 30;
const INTERVAL = 50;

/** A progress bar on a terminal; nothing where there is none. */
export function startProgress(
  what: string,
  { terminal, err }: { readonly terminal?: boolean; readonly err: (text: string) => void },
): Progress {
  if (!terminal) return { update: () => {}, end: () => {} };
  let shown = 0;
  return {
    update(done, total) {
      const now = Date.now();
      if (now - shown < INTERVAL) return;
      shown = now;
      const filled = total === 0 ? WIDTH : Math.floor((done / total) * WIDTH);
      err(`\r${what} [${"=".repeat(filled)}${" ".repeat(WIDTH - filled)}] ${done}/${total}`);
    },
    end: () => err("\r\x1b[K"),
  };
}
