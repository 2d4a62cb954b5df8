import { once } from "node:events";
import pc from "picocolors";
import type { Io } from "./io.js";

/** The process's own streams. A reader that has gone away (`| head`) ends the program quietly. */
export function nodeIo(): Io {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 2);
  });
  return {
    async out(text) {
      if (!process.stdout.write(text)) await once(process.stdout, "drain");
    },
    err: (text) => void process.stderr.write(text),
    stdin: () => process.stdin,
    terminal: process.stderr.isTTY === true,
    interruption,
    outTerminal: process.stdout.isTTY === true,
    colors: pc.isColorSupported,
  };
}

/** A second Ctrl-C ends the process as it always does. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => controller.abort(new Error("interrupted")));
  }
  return controller.signal;
}
