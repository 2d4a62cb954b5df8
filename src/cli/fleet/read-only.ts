import type { DuckDBConnection } from "@duckdb/node-api";
import { Failure } from "../io.js";

/** DuckDB's numbers of kinds of statements (duckdb.h: duckdb_statement_type). */
const SELECT = 1;
const EXPLAIN = 4;

/**
 * Throws `Failure` unless SQL is one statement that only reads: SELECT in all its forms, or EXPLAIN
 * of one. What EXPLAIN ANALYZE is given is run, so it is looked at for itself.
 */
export async function checkReadOnly(connection: DuckDBConnection, sql: string): Promise<void> {
  const kinds = await statementKinds(connection, sql);
  if (kinds.length === 0) throw new Failure("there is no statement in the query");
  if (kinds.length > 1)
    throw new Failure("more than one statement; give one at a time, or --write");
  const explained = sql.replace(/^\s*EXPLAIN(\s+ANALYZE)?\s/i, "");
  const [kind] = kinds[0] === EXPLAIN ? await statementKinds(connection, explained) : kinds;
  if (kind !== SELECT) throw new Failure("queries only read the data set, unless --write is given");
}

async function statementKinds(connection: DuckDBConnection, sql: string): Promise<number[]> {
  const stripped = sql.replace(/--.*$/gm, "").replace(/;\s*/g, "").trim();
  if (stripped === "") return [];
  const statements = await connection.extractStatements(sql);
  if (statements.count > 1) return Array.from({ length: statements.count }, () => 0);
  const prepared = await statements.prepare(0);
  const { statementType } = prepared;
  prepared.destroySync();
  return [statementType];
}
