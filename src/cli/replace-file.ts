import { chmod, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { unreadable } from "./files.js";

/**
 * Gives a file new contents, at once or not at all: a reader sees the old ones or the new ones. Its
 * mode is kept, and a link goes on pointing to it.
 */
export async function replaceFile(file: string, contents: string | Uint8Array): Promise<void> {
  try {
    const target = await realpath(file);
    const { mode } = await stat(target);
    const temporary = path.join(
      path.dirname(target),
      `.${path.basename(target)}.${process.pid}.tmp`,
    );
    try {
      await writeFile(temporary, contents, { flag: "wx" });
      await chmod(temporary, mode);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}
