import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { unreadable } from "./files.js";

/** Path → text. */
export type Outputs = ReadonlyMap<string, string>;

/** The text of a file, if there is one. Throws `Failure` for what is no file, or cannot be read. */
export async function readPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(file, error);
  }
}

/**
 * Writes files and removes others, after all that can go wrong has gone well: every text is written
 * beside its file first, and only then put in its place. Files that are as they should be are not
 * touched. Throws `Failure`; nothing was changed then, unless the putting in place itself failed.
 */
export async function writeOutputs(outputs: Outputs, removed: readonly string[]): Promise<void> {
  const staged = new Map<string, string>();
  let current = "";
  try {
    for (const [file, text] of outputs) {
      current = file;
      if ((await readPresent(file)) === text) continue;
      await mkdir(path.dirname(file), { recursive: true });
      const beside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
      staged.set(beside, file);
      await writeFile(beside, text);
    }
    for (const [beside, file] of staged) {
      current = file;
      await rename(beside, file);
    }
    for (const file of removed) {
      current = file;
      await rm(file);
    }
  } catch (error) {
    await Promise.all([...staged.keys()].map((beside) => rm(beside, { force: true })));
    throw unreadable(current, error);
  }
}
