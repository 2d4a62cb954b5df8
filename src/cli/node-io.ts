import { once } from "node:events";
import pc from "picocolors";
import { interruption } from "./end-of-process.js";
import { unreadable } from "./files.js";
import type { Io } from "./io.js";

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
    outDescriptor: process.stdout.fd,
    outTerminal: process.stdout.isTTY === true,
    ...(process.stdout.columns && { outColumns: process.stdout.columns }),
    colors: pc.isColorSupported,
  };
}

function status(line: string): void {
  process.stderr.write(`\r${line}\u001b[K`);
}
