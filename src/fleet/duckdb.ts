import { duckdbDialect } from "./dialect.js";
import { type ColumnType, type TableName, tableNames, tables } from "./schema.js";
import { type View, views } from "./views.js";

/** The Parquet files of each table. */
export type TableFiles = { readonly [T in TableName]: readonly string[] };

const TYPES: Readonly<Record<ColumnType, string>> = {
  string: "VARCHAR",
  int64: "BIGINT",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP",
};

/**
 * The statements that make a data set's tables and views in an empty DuckDB. Of a recording that
 * two processes exported at once, the rows of one part count.
 *
 * The migrations themselves are read at once, since nearly all is asked by them, and some of it many
 * times; the other tables are read from their files when they are asked.
 */
export function duckdbStatements(files: TableFiles): string[] {
  return [
    "SET parquet_metadata_cache = true",
    `CREATE TEMP TABLE kept AS FROM ${relation("migrations", files)}
QUALIFY row_number() OVER (PARTITION BY recording ORDER BY part) = 1`,
    ...tableNames.map((name) => `CREATE VIEW ${name} AS ${tableQuery(name, files)}`),
    ...Object.entries(views).flatMap(([name, view]) => viewStatements(name, view)),
  ];
}

function tableQuery(name: TableName, files: TableFiles): string {
  const columns = ["date", "host", ...tables[name].columns.map((column) => column.name)].join(", ");
  if (name === "migrations") return `SELECT ${columns} FROM kept`;
  const from = `FROM ${relation(name, files)}`;
  const kept = "(recording, part) IN (SELECT (recording, part) FROM kept)";
  if (name !== "damage") return `SELECT ${columns} ${from} WHERE ${kept}`;
  // What was left out is in no other table, and may have been found by several exports.
  return `SELECT DISTINCT ${columns} ${from} WHERE ${kept}
OR skipped AND recording NOT IN (SELECT recording FROM kept)`;
}

function relation(name: TableName, files: TableFiles): string {
  const list = files[name];
  if (list.length === 0) return emptyRelation(name);
  const paths = list.map(quote).join(", ");
  return `read_parquet([${paths}], hive_partitioning = true, hive_types = {'date': DATE, 'host': VARCHAR})`;
}

function emptyRelation(name: TableName): string {
  const columns = tables[name].columns.map(
    (column) => `NULL::${TYPES[column.type]} AS ${column.name}`,
  );
  const all = ["NULL::DATE AS date", "NULL::VARCHAR AS host", "NULL::VARCHAR AS part", ...columns];
  return `(SELECT ${all.join(", ")} WHERE false)`;
}

/** A view that takes arguments is a macro over one that has them as columns. */
function viewStatements(name: string, view: View): string[] {
  const { parameters } = view;
  const sql = view.sql(duckdbDialect);
  if (!parameters) return [`CREATE VIEW ${name} AS ${sql}`];
  const where = parameters
    .map((parameter) => `${duckdbDialect.parameterColumn(parameter)} = ${parameter}`)
    .join(" AND ");
  const columns = Object.keys(view.columns).join(", ");
  return [
    `CREATE VIEW all_${name} AS ${sql}`,
    `CREATE MACRO ${name}(${parameters.join(", ")}) AS TABLE
SELECT ${columns} FROM all_${name} WHERE ${where}`,
  ];
}

/** Text as SQL has it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
