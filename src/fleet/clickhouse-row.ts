import { dateOf } from "./partition.js";
import type { RecordingPlace } from "./recorded.js";
import { type TableName, tables, type Value } from "./schema.js";

/** A row as ClickHouse's JSONEachRow takes it: 64-bit integers as text, booleans as numbers. */
export function clickhouseRow(
  table: TableName,
  row: Readonly<Record<string, Value>>,
  place: RecordingPlace,
): Record<string, string | number | null> {
  const columns = tables[table].columns.map(({ name }) => [name, jsonValue(row[name])] as const);
  return { date: dateOf(place), host: place.host, ...Object.fromEntries(columns) };
}

function jsonValue(value: Value): string | number | null {
  if (value === undefined) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace("T", " ");
  return typeof value === "string" ? value : String(value);
}
