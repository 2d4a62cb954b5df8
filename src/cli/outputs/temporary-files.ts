import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";

/** Files and folders that must not outlive the process. */
const temporaries = new Set<string>();

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A name in the same folder that nobody can guess. */
export function temporaryBeside(file: string): string {
  return path.join(path.dirname(file), `.qtrace-${randomBytes(8).toString("hex")}.tmp`);
}

/** Has a file or folder removed if a signal ends the process. */
export function addTemporary(file: string): void {
  if (temporaries.size === 0) for (const signal of signals) process.on(signal, endBySignal);
  temporaries.add(file);
}

/** Forgets a temporary file, which has its final name or is removed. */
export function forgetTemporary(file: string): void {
  if (!temporaries.delete(file) || temporaries.size > 0) return;
  for (const signal of signals) process.removeListener(signal, endBySignal);
}

/** Removes a temporary file or folder. */
export function removeTemporary(file: string): void {
  forgetTemporary(file);
  rmSync(file, { recursive: true, force: true });
}

function endBySignal(signal: NodeJS.Signals): void {
  for (const file of [...temporaries]) {
    try {
      removeTemporary(file);
    } catch {
      // The process ends in any case.
    }
  }
  // Nobody listens to it any more: now it ends the process.
  process.kill(process.pid, signal);
}
