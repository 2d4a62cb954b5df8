import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { unreadable } from "../files.js";
import { Failure } from "../io.js";
import { hasTwoStreams, isRecording } from "../recording-layout.js";

/** What folders hold. */
export interface FoundRecordings {
  /** The folders of recordings, sorted by path, each once. */
  readonly folders: readonly string[];
  /** Whether one of them has two main channels, so that it cannot be read. */
  readonly ambiguous: boolean;
}

/**
 * The recordings that folders are or hold, at any depth, also one below another. Throws `Failure`
 * for a folder without one.
 */
export async function findRecordings(folders: readonly string[]): Promise<FoundRecordings> {
  const found = new Map<string, boolean>();
  for (const folder of folders) {
    const some = await collect(path.resolve(folder), found).catch((error: unknown) => {
      throw unreadable(folder, error);
    });
    if (!some) throw new Failure(`${folder}: no recording in it or below`);
  }
  return { folders: [...found.keys()].sort(), ambiguous: [...found.values()].includes(true) };
}

/** The first recording right within a folder, to name it where the folder itself is none. */
export async function recordingWithin(folder: string): Promise<string | undefined> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter(isOpen).map(({ name }) => path.join(folder, name));
  for (const within of folders.sort()) {
    const names = await readdir(within).catch(() => []);
    if (isRecording(names)) return within;
  }
  return undefined;
}

/** Notes the recordings in a folder, and which are ambiguous; gives whether there are any. */
async function collect(folder: string, found: Map<string, boolean>): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.map(({ name }) => name);
  let some = isRecording(names);
  if (some) found.set(folder, hasTwoStreams(names));
  for (const entry of entries.filter(isOpen)) {
    some = (await collect(path.join(folder, entry.name), found)) || some;
  }
  return some;
}

/** Folders of a data set's own, and others whose name hides them, hold no recordings. */
function isOpen(entry: Dirent): boolean {
  return entry.isDirectory() && !entry.name.startsWith(".");
}
