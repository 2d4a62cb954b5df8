import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { GUEST_FOLDER_MODE, makeFolderPrivate } from "./guest-file.js";

/** Files and folders that must not outlive the process. */
const temporaries = new Set<string>();

/** The signals by which users end a process. */
export const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A name in the same folder that nobody can guess. */
export function temporaryBeside(file: string): string {
  return path.join(path.dirname(file), `.qtrace-${randomBytes(8).toString("hex")}.tmp`);
}

/**
 * Creates a file or folder that is removed if a signal ends the process. The signals are listened to
 * before it exists: one that comes at once must not leave it.
 */
export function createTemporary<T>(file: string, create: (file: string) => T): T {
  if (temporaries.size === 0) for (const signal of endingSignals) process.on(signal, endBySignal);
  temporaries.add(file);
  try {
    return create(file);
  } catch (error) {
    forgetTemporary(file);
    throw error;
  }
}

/** Creates a temporary folder in another one, for the user only; gives its path. */
export function createTemporaryFolder(folder: string): string {
  const temporary = temporaryBeside(path.join(folder, "folder"));
  createTemporary(temporary, () => {
    mkdirSync(temporary, { mode: GUEST_FOLDER_MODE });
    makeFolderPrivate(temporary);
  });
  return temporary;
}

/** Forgets a temporary file, which has its final name or is removed. */
export function forgetTemporary(file: string): void {
  if (!temporaries.delete(file) || temporaries.size > 0) return;
  for (const signal of endingSignals) process.removeListener(signal, endBySignal);
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
