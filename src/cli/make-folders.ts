import { mkdir, stat } from "node:fs/promises";
import path from "node:path";

/**
 * As `mkdir -p`, which several processes may do at once; Node's own never ends below /proc. Adds what
 * it makes to `made`, each folder behind those it is in.
 */
export async function makeFolders(folder: string, made: string[] = []): Promise<void> {
  if (await isFolder(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) await makeFolders(parent, made);
  try {
    await mkdir(folder);
    made.push(folder);
  } catch (error) {
    if (!(await isFolder(folder))) throw error;
  }
}

async function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (there) => there.isDirectory(),
    () => false,
  );
}
