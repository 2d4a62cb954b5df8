import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { unreadable } from "../files.js";
import { makeFolders } from "../make-folders.js";

/** The folder of a data set that has the migrations' own pages. */
export const PAGES = "pages";

/** Where a recording's own page is. */
export function pageFile(folder: string, recording: string): string {
  return path.join(folder, PAGES, `${recording}.html`);
}

/** Writes a page, at once or not at all. */
export async function writePage(file: string, page: string): Promise<void> {
  const aside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    await makeFolders(path.dirname(file));
    await writeFile(aside, page);
    await rename(aside, file);
  } catch (error) {
    throw unreadable(file, error);
  }
}
