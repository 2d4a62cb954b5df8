import { mkdirSync, rmdirSync, statSync } from "node:fs";
import path from "node:path";
import { makeFolderPrivate } from "./guest-file.js";

/** How folders are made. */
export interface FolderOptions {
  /** Whether guest data will be in them: then their mode is 0700 whatever the umask. */
  readonly guestData?: boolean;
  /** Receives the folders that were made, each after those it is in. */
  readonly made?: string[];
}

/**
 * As `mkdir -p`, which several processes may do at once. Node's own never ends below /proc. A folder
 * that is there keeps its mode.
 */
export function makeFolders(folder: string, options: FolderOptions = {}): void {
  if (isFolder(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolders(parent, options);
  try {
    mkdirSync(folder);
  } catch (error) {
    if (isFolder(folder)) return;
    throw error;
  }
  options.made?.push(folder);
  if (options.guestData) makeFolderPrivate(folder);
}

/** Removes folders that `makeFolders` made, except those that somebody else has put something into. */
export function removeMade(made: readonly string[]): void {
  for (const folder of made.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      // It stays.
    }
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
