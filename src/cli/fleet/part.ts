import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { threadId } from "node:worker_threads";
import { parquetOf } from "../../fleet/parquet.js";
import { type Row, type Rows, tableNames } from "../../fleet/schema.js";
import { exists } from "../files.js";
import { type DataSet, STAGING } from "./data-set.js";

/** Who writes a part, and where it belongs: what is wanted to clear up behind a killed process. */
interface Owner {
  readonly host: string;
  readonly pid: number;
  /** `date=…/host=…` */
  readonly partition: string;
}

/** A staging folder whose writer is not told is given up after so many milliseconds. */
const PATIENCE = 60 * 60 * 1000;

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
  const staging = path.join(folder, STAGING, part);
  const owner: Owner = { host: hostname(), pid: process.pid, partition };
  await mkdir(staging, { recursive: true });
  await writeFile(path.join(staging, "owner.json"), JSON.stringify(owner));
  const written = lastMigrations.filter((table) => table === "migrations" || rows[table]?.length);
  await Promise.all(
    written.map((table) => {
      const file = parquetOf(table, (rows[table] ?? []) as readonly Row<typeof table>[], part);
      return writeSynced(path.join(staging, `${table}.parquet`), file);
    }),
  );
  for (const table of written) {
    const place = path.join(folder, table, partition);
    await mkdir(place, { recursive: true });
    await rename(path.join(staging, `${table}.parquet`), path.join(place, `${part}.parquet`));
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
  const handle = await open(file, "w");
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Clears away what processes of this machine left that were killed while they wrote a part. */
export async function clearAbandoned({ folder }: DataSet): Promise<void> {
  const parts = await readdir(path.join(folder, STAGING)).catch(() => []);
  for (const part of parts) {
    const staging = path.join(folder, STAGING, part);
    const owner = await readOwner(staging);
    if (!(owner ? isDead(owner) : await isOld(staging))) continue;
    if (owner) await removeUnlessWhole(folder, owner.partition, part);
    await rm(staging, { recursive: true, force: true });
  }
}

async function readOwner(staging: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path.join(staging, "owner.json"), "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

function isDead({ host, pid }: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

async function isOld(staging: string): Promise<boolean> {
  const { mtimeMs } = await stat(staging).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > PATIENCE;
}

async function removeUnlessWhole(folder: string, partition: string, part: string): Promise<void> {
  const file = (table: string) => path.join(folder, table, partition, `${part}.parquet`);
  if (await exists(file("migrations"))) return;
  for (const table of tableNames) await rm(file(table), { force: true });
}
