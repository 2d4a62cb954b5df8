import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { unreadable } from "../files.js";
import { Failure } from "../io.js";

/** A folder with one of these is a recording. */
const MARKS: ReadonlySet<string> = new Set([
  "recording.json",
  "stream.bin",
  "channel0.bin",
  "source.simpletrace",
  "source.log",
  "destination.simpletrace",
  "destination.log",
]);

/**
 * The recordings that folders are or hold, at any depth, sorted by path; each once. Throws
 * `Failure` for a folder without one.
 */
export async function findRecordings(folders: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const folder of folders) {
    const before = found.size;
    const again = await collect(path.resolve(folder), found).catch((error: unknown) => {
      throw unreadable(folder, error);
    });
    if (found.size === before && !again)
      throw new Failure(`${folder}: no recording in it or below`);
  }
  return [...found].sort();
}

/** The first recording right within a folder, to name it where the folder itself is none. */
export async function recordingWithin(folder: string): Promise<string | undefined> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter(isOpen).map(({ name }) => path.join(folder, name));
  for (const within of folders.sort()) {
    const names = await readdir(within).catch(() => []);
    if (names.some((name) => MARKS.has(name))) return within;
  }
  return undefined;
}

/** Whether a folder is or holds a recording. */
async function collect(folder: string, found: Set<string>): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(({ name }) => MARKS.has(name))) {
    found.add(folder);
    return true;
  }
  let some = false;
  for (const entry of entries.filter(isOpen)) {
    some = (await collect(path.join(folder, entry.name), found)) || some;
  }
  return some;
}

/** Folders of a data set's own, and others whose name hides them, hold no recordings. */
function isOpen(entry: Dirent): boolean {
  return entry.isDirectory() && !entry.name.startsWith(".");
}
