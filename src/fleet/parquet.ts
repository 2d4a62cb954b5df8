import { type BasicType, type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import {
  type ColumnType,
  type Row,
  SCHEMA_VERSION,
  type TableName,
  tables,
  type Value,
} from "./schema.js";

const TYPES: Readonly<Record<ColumnType, BasicType>> = {
  string: "STRING",
  int64: "INT64",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP",
};

/**
 * Rows of a table as a Parquet file. `part` names what was written at once: a column of its own,
 * which tells rows apart that two processes wrote of the same recording.
 */
export function parquetOf<T extends TableName>(
  table: T,
  rows: readonly Row<T>[],
  part: string,
): Uint8Array {
  const columns = tables[table].columns.map(
    ({ name, type, nullable }): ColumnSource => ({
      name,
      type: TYPES[type],
      nullable,
      // Nobody looks for a text between two others, and files are too small for pages to be skipped.
      statistics: type !== "string",
      offsetIndex: false,
      data: rows.map((row) => stored((row as Readonly<Record<string, Value>>)[name], type)),
    }),
  );
  const parts: ColumnSource = {
    name: "part",
    type: "STRING",
    nullable: false,
    data: rows.map(() => part),
  };
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [...columns, parts],
      kvMetadata: [
        { key: "qtrace.table", value: table },
        { key: "qtrace.version", value: String(SCHEMA_VERSION) },
      ],
      createdBy: "qtrace",
    }),
  );
}

function stored(value: Value, type: ColumnType): unknown {
  if (value === undefined) return null;
  return type === "int64" ? BigInt(value as number | bigint) : value;
}
