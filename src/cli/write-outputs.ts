import { readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { unreadable } from "./files.js";
import { makeFolders } from "./make-folders.js";

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

/** What was made on the way, to be taken away if the rest fails. */
interface Staged {
  /** Temporary file → the file whose place it will take. */
  readonly files: Map<string, string>;
  /** Folders, each behind those it is in. */
  readonly folders: string[];
}

/**
 * Writes files and removes others, after all that can go wrong has gone well: every text is written
 * beside its file first, and only then put in its place. Files that are as they should be are not
 * touched. Throws `Failure`; nothing was changed then, unless the putting in place itself failed.
 */
export async function writeOutputs(outputs: Outputs, removed: readonly string[]): Promise<void> {
  const staged: Staged = { files: new Map(), folders: [] };
  let current = "";
  try {
    for (const [file, text] of outputs) {
      current = file;
      if ((await readPresent(file)) !== text) await stage(file, text, staged);
    }
    for (const [beside, file] of staged.files) {
      current = file;
      await rename(beside, file);
    }
    for (const file of removed) {
      current = file;
      await rm(file);
    }
  } catch (error) {
    await unstage(staged);
    throw unreadable(current, error);
  }
}

async function stage(file: string, text: string, { files, folders }: Staged): Promise<void> {
  const folder = path.dirname(file);
  await makeFolders(folder, folders);
  const beside = path.join(folder, `.${path.basename(file)}.${process.pid}.tmp`);
  files.set(beside, file);
  await writeFile(beside, text);
}

async function unstage({ files, folders }: Staged): Promise<void> {
  await Promise.all([...files.keys()].map((beside) => rm(beside, { force: true })));
  // A folder that somebody else has put something into by now stays.
  for (const folder of folders.toReversed()) await rmdir(folder).catch(() => {});
}
