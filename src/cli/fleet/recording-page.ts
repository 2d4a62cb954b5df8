import path from "node:path";
import { unreadable } from "../files.js";
import { makeFolders } from "../outputs/make-folders.js";
import { writeOutput } from "../outputs/output-file.js";

/** The folder of a data set that has the migrations' own pages. */
export const PAGES = "pages";

/** Where a recording's own page is. */
export function pageFile(folder: string, recording: string): string {
  return path.join(folder, PAGES, `${recording}.html`);
}

/** Writes a page, which has the state of devices. */
export async function writePage(file: string, page: string): Promise<void> {
  try {
    makeFolders(path.dirname(file));
  } catch (error) {
    throw unreadable(file, error);
  }
  await writeOutput(file, page, { guestData: true });
}
