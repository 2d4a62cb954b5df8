import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { open, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { threadId } from "node:worker_threads";
import { parquetOf } from "../../fleet/parquet.js";
import { type Row, type Rows, tableNames } from "../../fleet/schema.js";
import { makeFolders } from "../outputs/make-folders.js";
import { type DataSet, STAGING } from "./data-set.js";

/** The file in a staging folder that tells where its part belongs: `date=…/host=…`. */
const PARTITION = "partition";

/** Tables in the order in which their files are put in their places: `migrations` makes a part whole. */
const lastMigrations = [
  ...tableNames.filter((name) => name !== "migrations"),
  "migrations",
] as const;

let count = 0;

/** Writes rows of one partition as a part: all of it comes to be there at once, or not at all. */
export async function writePart(
  { folder }: DataSet,
  partition: string,
  rows: Partial<Rows>,
): Promise<void> {
  const part = newPart();
  const staging = path.join(folder, STAGING, `${part}.${encodeURIComponent(hostname())}`);
  try {
    makeFolders(staging);
    await writeFile(path.join(staging, PARTITION), partition, { flag: "wx" });
    const written = lastMigrations.filter((table) => table === "migrations" || rows[table]?.length);
    const files = await Promise.allSettled(
      written.map((table) => {
        const file = parquetOf(table, (rows[table] ?? []) as readonly Row<typeof table>[], part);
        return writeSynced(path.join(staging, `${table}.parquet`), file);
      }),
    );
    for (const file of files) if (file.status === "rejected") throw file.reason;
    for (const table of written) {
      const place = path.join(folder, table, partition);
      makeFolders(place);
      await rename(path.join(staging, `${table}.parquet`), path.join(place, `${part}.parquet`));
    }
  } catch (error) {
    // What stays all the same, the next export clears away.
    try {
      removeUnlessWhole(folder, partition, part);
      rmSync(staging, { recursive: true, force: true });
    } catch {
      // What failed first is reported.
    }
    throw error;
  }
  await rm(staging, { recursive: true, force: true });
}

/** Names that no other process makes, in the order of time. */
function newPart(): string {
  const time = new Date().toISOString().replace(/\D/g, "").slice(0, 17);
  const random = Math.floor(Math.random() * 36 ** 6).toString(36);
  return `${time}-${process.pid.toString(36)}-${threadId}-${(count++).toString(36)}-${random}`;
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Clears away what processes of this machine left that were killed while they wrote a part. Where that
 * cannot be, such as in a data set that can only be read, it is left: no reader counts it.
 */
export function clearAbandoned({ folder }: DataSet): void {
  clearParts(folder, isDead);
}

/** Clears away the parts that this process, in any of its threads, has not written to their end. */
export function clearUnfinished(folder: string): void {
  clearParts(folder, (writer) => writer === process.pid);
}

function clearParts(folder: string, isCleared: (writer: number) => boolean): void {
  for (const name of stagingFolders(folder)) {
    const writer = writerOf(name);
    if (writer === undefined || !isCleared(writer)) continue;
    const staging = path.join(folder, STAGING, name);
    try {
      // Before that file is whole, none is put in its place.
      const file = path.join(staging, PARTITION);
      const partition = existsSync(file) ? readFileSync(file, "utf8") : "";
      if (partition) removeUnlessWhole(folder, partition, name.slice(0, name.indexOf(".")));
      rmSync(staging, { recursive: true, force: true });
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }
}

function stagingFolders(folder: string): string[] {
  const staging = path.join(folder, STAGING);
  return existsSync(staging) ? readdirSync(staging) : [];
}

function isRefused(error: unknown): boolean {
  return ["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "");
}

/** The process, if it is of this machine, that a staging folder's name says it is of. */
function writerOf(name: string): number | undefined {
  if (!name.endsWith(`.${encodeURIComponent(hostname())}`)) return undefined;
  const pid = Number.parseInt(name.split("-")[1] ?? "", 36);
  return pid > 0 ? pid : undefined;
}

/** Whether a process is known to have ended. */
function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function removeUnlessWhole(folder: string, partition: string, part: string): void {
  const file = (table: string) => path.join(folder, table, partition, `${part}.parquet`);
  if (existsSync(file("migrations"))) return;
  for (const table of tableNames) rmSync(file(table), { force: true });
}
