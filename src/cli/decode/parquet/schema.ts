/** What columns are to Parquet, in the library's terms. */

import type { SchemaElement } from "hyparquet-writer";
import type { ColumnKind, TableColumn } from "../record-table.js";

type StoredType = Pick<SchemaElement, "converted_type"> & {
  readonly type: NonNullable<SchemaElement["type"]>;
};

/** A column as the file's schema has it. */
export function schemaElement({ name, kind }: TableColumn): SchemaElement {
  return { name, ...parquetType(kind), repetition_type: "OPTIONAL" };
}

/** How Parquet stores values of a kind, and what they stand for. */
export function parquetType(kind: ColumnKind): StoredType {
  if (kind === "bool") return { type: "BOOLEAN" };
  if (kind === "text") return { type: "BYTE_ARRAY", converted_type: "UTF8" };
  const bits = Number(kind.slice(1));
  return {
    type: bits === 64 ? "INT64" : "INT32",
    converted_type: `${kind.startsWith("i") ? "INT" : "UINT"}_${bits}` as "INT_8",
  };
}
