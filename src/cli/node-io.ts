import { once } from "node:events";
import pc from "picocolors";
import { unreadable } from "./files.js";
import type { Io } from "./io.js";
import { endingSignals } from "./outputs/temporary-files.js";

/** The process's own streams. A reader that has gone away (`| head`) ends the program quietly. */
export function nodeIo(): Io {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    process.stderr.write(`qtrace: ${unreadable("standard output", error).message}\n`);
    process.exit(2);
  });
  return {
    async out(text) {
      if (!process.stdout.write(text)) await once(process.stdout, "drain");
    },
    err: (text) => void process.stderr.write(text),
    stdin: () => process.stdin,
    ...(process.stderr.isTTY && { status }),
    interruption,
    outTerminal: process.stdout.isTTY === true,
    ...(process.stdout.columns && { outColumns: process.stdout.columns }),
    colors: pc.isColorSupported,
  };
}

function status(line: string): void {
  process.stderr.write(`\r${line}\u001b[K`);
}

/** A second Ctrl-C ends the process as it always does. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    for (const signal of endingSignals) process.removeListener(signal, abort);
    controller.abort(new Error("interrupted"));
  };
  for (const signal of endingSignals) process.once(signal, abort);
  return controller.signal;
}
