import { clickhouseDialect } from "./dialect.js";
import {
  type Column,
  type ColumnType,
  partitionColumns,
  type TableName,
  tableNames,
  tables,
} from "./schema.js";
import { views } from "./views.js";

const TYPES: Readonly<Record<ColumnType, string>> = {
  string: "String",
  int64: "Int64",
  boolean: "UInt8",
  timestamp: "DateTime('UTC')",
};

/** The table that has the version of the schema. */
export const VERSION_TABLE = "schema_version";

/** Where rows of a table are written to. */
export function insertTable(table: TableName, cluster: string | undefined): string {
  return cluster === undefined ? `${table}_local` : `${table}_insert`;
}

/**
 * The statements that make tables and views in a database of ClickHouse 18.16 or later, on one
 * server of each shard; what is there already stays. `onCluster` has the cluster make them everywhere.
 *
 * Of each table there is `TABLE_local`, of which a row that was written twice is one once it is read
 * with FINAL; `TABLE_whole`, which has no row of a recording whose export was killed; and on a
 * cluster `TABLE_insert`, which shards rows by host. `TABLE` has all whole rows of all shards.
 */
export function clickhouseStatements(
  database: string,
  cluster: string | undefined,
  onCluster = false,
): string[] {
  const on = onCluster ? ` ON CLUSTER ${cluster}` : "";
  const create = (kind: "TABLE" | "VIEW", name: string, rest: string) =>
    `CREATE ${kind} IF NOT EXISTS ${database}.${name}${on} ${rest}`;
  const distributed = (name: string, over: string) =>
    create(
      "TABLE",
      name,
      `AS ${database}.${name.replace(/_insert$/, "")}_local ENGINE = Distributed(${cluster}, ${database}, ${over}, cityHash64(host))`,
    );
  return [
    `CREATE DATABASE IF NOT EXISTS ${database}${on}`,
    create("TABLE", VERSION_TABLE, "(version UInt32) ENGINE = MergeTree ORDER BY version"),
    ...tableNames.map((table) => create("TABLE", `${table}_local`, localTable(table))),
    ...tableNames.map((table) =>
      create("VIEW", `${table}_whole`, `AS ${wholeRows(database, table)}`),
    ),
    ...tableNames.flatMap((table) =>
      cluster === undefined
        ? [create("VIEW", table, `AS SELECT * FROM ${database}.${table}_whole`)]
        : [
            distributed(insertTable(table, cluster), `${table}_local`),
            distributed(table, `${table}_whole`),
          ],
    ),
    ...Object.entries(views).map(([name, view]) =>
      create("VIEW", name, `AS ${inDatabase(view.sql(clickhouseDialect), database)}`),
    ),
  ];
}

function localTable(table: TableName): string {
  const { key, columns } = tables[table];
  const partitions = Object.keys(partitionColumns).map(
    (name) => `${name} ${name === "date" ? "Date" : "String"}`,
  );
  const all = [...partitions, ...columns.map(columnDefinition)].join(", ");
  return `(${all}) ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(date) ORDER BY (${key.join(", ")})`;
}

function columnDefinition({ name, type, nullable }: Column): string {
  return `${name} ${nullable ? `Nullable(${TYPES[type]})` : TYPES[type]}`;
}

function wholeRows(database: string, table: TableName): string {
  const rows = `SELECT * FROM ${database}.${table}_local FINAL`;
  const there = `recording IN (SELECT recording FROM ${database}.migrations_local)`;
  if (table === "migrations") return rows;
  if (table === "damage") return `${rows} WHERE NOT skipped OR NOT (${there})`;
  return `${rows} WHERE ${there}`;
}

/** Views name tables without a database; ClickHouse looks for them in the reader's own. */
function inDatabase(sql: string, database: string): string {
  const names = tableNames.join("|");
  return sql.replace(new RegExp(`\\bFROM (${names})\\b`, "g"), `FROM ${database}.$1`);
}
