import { tmpdir } from "node:os";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { duckdbStatements, quote, type TableFiles } from "../../fleet/duckdb.js";
import { tryFor } from "../files.js";
import { Failure } from "../io.js";
import { createTemporaryFolder, removeTemporary } from "../outputs/temporary-files.js";
import { type DataSet, tableFiles } from "./data-set.js";

/** A DuckDB in memory that has a data set's tables and views. */
export interface DuckdbSession {
  readonly connection: DuckDBConnection;
  readonly close: () => Promise<void>;
}

/**
 * Opens a data set in DuckDB. Unless `write` is set, nothing but the data set's own files can be
 * opened, and no setting changed. Throws `Failure` where DuckDB is not installed.
 */
export async function openDuckdb(
  dataSet: DataSet,
  { write = false }: { readonly write?: boolean } = {},
): Promise<DuckdbSession> {
  const { DuckDBInstance } = await loadDuckdb();
  const files = absolute(await tableFiles(dataSet));
  const spill = makeSpillFolder();
  const instance = await DuckDBInstance.create(":memory:", { temp_directory: spill });
  const connection = await instance.connect();
  const close = async () => {
    connection.closeSync();
    instance.closeSync();
    removeTemporary(spill);
  };
  try {
    for (const statement of duckdbStatements(files)) await connection.run(statement);
    if (!write) for (const statement of confinement(files)) await connection.run(statement);
  } catch (error) {
    await close();
    throw new Failure(`${dataSet.folder}: ${duckdbMessage(error)}`);
  }
  return { connection, close };
}

/** Where DuckDB puts what exceeds memory: with a name that nobody can guess and take first. */
function makeSpillFolder(): string {
  return tryFor(tmpdir(), () => createTemporaryFolder(tmpdir()));
}

/** What DuckDB says, on one line and without a picture of where it stands. */
export function duckdbMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [words = text] = text.replace(/^Failed to extract statements: /, "").split("\n\nLINE ");
  const lines = words.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").join(" ");
}

async function loadDuckdb(): Promise<typeof import("@duckdb/node-api")> {
  try {
    return await import("@duckdb/node-api");
  } catch {
    throw new Failure(
      "queries need DuckDB, an optional dependency that is not installed here: npm install @duckdb/node-api",
    );
  }
}

function absolute(files: TableFiles): TableFiles {
  const entries = Object.entries(files).map(([table, list]) => [
    table,
    list.map((file) => path.resolve(file)),
  ]);
  return Object.fromEntries(entries) as TableFiles;
}

/** Folders are not allowed as a whole: what may be read there could be written there. */
function confinement(files: TableFiles): string[] {
  const allowed = Object.values(files).flat().map(quote).join(", ");
  return [
    `SET allowed_paths = [${allowed}]`,
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ];
}
