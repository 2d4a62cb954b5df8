import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { tryFor, unreadable } from "../files.js";
import type { Inputs } from "../io.js";
import { makeFolders, removeMade } from "./make-folders.js";
import { type OutputFile, openOutput } from "./output-file.js";

/** Path → text. */
export type Outputs = ReadonlyMap<string, string>;

/**
 * The text of a file, if there is one; a device has none. Throws `Failure` for what is not a file, or
 * cannot be read.
 */
export async function readPresent(file: string): Promise<string | undefined> {
  try {
    const there = await stat(file);
    if (!there.isFile() && !there.isDirectory()) return undefined;
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(file, error);
  }
}

/**
 * Writes files and removes others, after all that can go wrong has gone well: every text is complete
 * on the disk before the first file is renamed. Files that are as they should be are not touched.
 * Throws `Failure`; nothing was changed then, unless renaming itself failed.
 */
export async function writeOutputs(
  outputs: Outputs,
  removed: readonly string[],
  inputs: Inputs | undefined,
): Promise<void> {
  const opened: OutputFile[] = [];
  const made: string[] = [];
  try {
    for (const [file, text] of outputs) {
      if ((await readPresent(file)) === text) continue;
      const folder = path.dirname(file);
      tryFor(file, () => makeFolders(folder, { made }));
      const output = await openOutput(file, { inputs });
      opened.push(output);
      await output.write(text);
      await output.finish();
    }
    for (const output of opened) await output.commit();
  } catch (error) {
    for (const output of opened) await output.discard();
    removeMade(made);
    throw error;
  }
  for (const file of removed) {
    await rm(file).catch((error: unknown) => {
      throw unreadable(file, error);
    });
  }
}
