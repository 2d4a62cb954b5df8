import { writeFileSync } from "node:fs";
import { link, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { TableFiles } from "../../fleet/duckdb.js";
import { SCHEMA_VERSION, type TableName, tableNames } from "../../fleet/schema.js";
import { refuseIrregular, unreadable } from "../files.js";
import { Failure } from "../io.js";
import { makeFolders, removeMade } from "../outputs/make-folders.js";
import { createTemporary, removeTemporary, temporaryBeside } from "../outputs/temporary-files.js";

const HEAD = "dataset.json";
/** Where parts are written before they are put in their place; no reader of Parquet looks there. */
export const STAGING = ".staging";

/**
 * A folder of Parquet files, `TABLE/date=…/host=…/PART.parquet`. A part has a file in every
 * table that it has rows of, and in any case in `migrations`, which is put in its place last, and only what has one is there.
 */
export interface DataSet {
  readonly folder: string;
}

/** Opens a data set to read it. Throws `Failure` if there is none, or one of another version. */
export async function openDataSet(folder: string): Promise<DataSet> {
  await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const version = await versionOf(folder);
  if (version === undefined) throw new Failure(`${folder} is no data set: there is no ${HEAD}`);
  if (version !== SCHEMA_VERSION) {
    throw new Failure(
      `${folder} is a data set of version ${version}; this qtrace knows version ${SCHEMA_VERSION}`,
    );
  }
  return { folder };
}

/** Opens a data set to write to it; makes one of an empty folder, or where there is none yet. */
export async function createDataSet(folder: string): Promise<DataSet> {
  const made: string[] = [];
  try {
    makeFolders(path.resolve(folder), { made });
    if ((await versionOf(folder)) === undefined) {
      const others = (await readdir(folder)).filter((name) => !name.startsWith("."));
      if (others.length > 0 && !others.includes(HEAD)) {
        throw new Failure(`${folder} is no data set and not empty`);
      }
      await writeHead(folder);
    }
  } catch (error) {
    removeMade(made);
    throw unreadable(folder, error);
  }
  return openDataSet(folder);
}

/** The files of all parts that are whole. */
export async function tableFiles({ folder }: DataSet): Promise<TableFiles> {
  // Those of `migrations` come last into their place, so the others are there once these are.
  const whole = new Set(await parquetFiles(path.join(folder, "migrations")));
  const inTable = async (name: TableName) => {
    const files = await parquetFiles(path.join(folder, name));
    return [
      name,
      files.filter((file) => whole.has(file)).map((file) => path.join(folder, name, file)),
    ];
  };
  return Object.fromEntries(await Promise.all(tableNames.map(inTable))) as TableFiles;
}

/** The files below a table's folder, by their paths in it, in order. */
async function parquetFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw unreadable(folder, error);
    },
  );
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".parquet"))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** The version that a data set's head names; undefined where there is none. */
async function versionOf(folder: string): Promise<unknown> {
  const file = path.join(folder, HEAD);
  let text: string;
  await refuseIrregular(file);
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(file, error);
  }
  try {
    const head: unknown = JSON.parse(text);
    const { format, version } = head as { format?: unknown; version?: unknown };
    if (format === "qtrace data set") return version;
  } catch {
    // Told below.
  }
  throw new Failure(`${file} is not of a data set`);
}

/** Several processes may do so at once: the first one's is there, and none sees half of it. */
async function writeHead(folder: string): Promise<void> {
  const file = path.join(folder, HEAD);
  const aside = temporaryBeside(file);
  const head = { format: "qtrace data set", version: SCHEMA_VERSION };
  try {
    createTemporary(aside, () => writeFileSync(aside, `${JSON.stringify(head)}\n`, { flag: "wx" }));
    await link(aside, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } finally {
    removeTemporary(aside);
  }
}
