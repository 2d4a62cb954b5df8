import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { atEnd } from "../end-of-process.js";
import { GUEST_FOLDER_MODE, makeFolderPrivate } from "./guest-file.js";

/** Files and folders that must not outlive the process, and how each is forgotten. */
const temporaries = new Map<string, () => void>();

/** A name in the same folder that nobody can guess. */
export function temporaryBeside(file: string): string {
  return path.join(path.dirname(file), `.qtrace-${randomBytes(8).toString("hex")}.tmp`);
}

/**
 * Creates a file or folder that is removed if the process ends, by a signal or else. Signals are listened
 * to before it exists: one that comes at once must not leave it.
 */
export function createTemporary<T>(file: string, create: (file: string) => T): T {
  const remove = () => rmSync(file, { recursive: true, force: true });
  temporaries.set(file, atEnd(remove));
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
  temporaries.get(file)?.();
  temporaries.delete(file);
}

/** Removes a temporary file or folder. */
export function removeTemporary(file: string): void {
  forgetTemporary(file);
  rmSync(file, { recursive: true, force: true });
}
