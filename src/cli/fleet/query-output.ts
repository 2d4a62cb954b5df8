import type { DuckDBResult, Json } from "@duckdb/node-api";
import { csvRow } from "../decode/record-table.js";

/** How a query's result can be had. */
export const queryFormats = ["table", "json", "csv"] as const;
export type QueryFormat = (typeof queryFormats)[number];

type Out = (text: string) => Promise<void>;
/** Rows as DuckDB's JSON has them: 64-bit integers and decimals are strings. */
type Rows = readonly (readonly Json[])[];

/** Writes a result out as it comes. */
export async function writeResult(
  result: DuckDBResult,
  format: QueryFormat,
  out: Out,
  csvSafe = false,
): Promise<void> {
  const names = result.deduplicatedColumnNames();
  const write = writers[format](names, result.columnTypesJson() as Json[], out, csvSafe);
  for await (const rows of result.yieldRowsJson()) await write.rows(rows as Rows);
  await write.end();
}

interface ResultWriter {
  readonly rows: (rows: Rows) => Promise<void>;
  readonly end: () => Promise<void>;
}

type MakeWriter = (
  names: readonly string[],
  types: readonly Json[],
  out: Out,
  csvSafe: boolean,
) => ResultWriter;

const writers: Readonly<Record<QueryFormat, MakeWriter>> = {
  table: (names, types, out) =>
    names[0] === "explain_key" ? planWriter(out) : tableWriter(names, types, out),
  json: jsonWriter,
  csv: csvWriter,
};

function jsonWriter(names: readonly string[], _types: readonly Json[], out: Out): ResultWriter {
  let before = "[";
  return {
    async rows(rows) {
      const lines = rows.map((row) => {
        const object = Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]));
        const line = `${before}\n${JSON.stringify(object)}`;
        before = ",";
        return line;
      });
      await out(lines.join(""));
    },
    end: () => out(before === "[" ? "[]\n" : "\n]\n"),
  };
}

function csvWriter(
  names: readonly string[],
  _types: readonly Json[],
  out: Out,
  safe: boolean,
): ResultWriter {
  let head = `${csvRow(names, safe)}\n`;
  return {
    async rows(rows) {
      await out(head + rows.map((row) => `${csvRow(row.map(cell), safe)}\n`).join(""));
      head = "";
    },
    end: () => out(head),
  };
}

/** What EXPLAIN gives is drawn over many lines. */
function planWriter(out: Out): ResultWriter {
  return { rows: (rows) => out(rows.map((row) => row[1]).join("\n")), end: async () => {} };
}

/** Columns are as wide as the first rows want them; what comes later and is wider sticks out. */
function tableWriter(names: readonly string[], types: readonly Json[], out: Out): ResultWriter {
  const right = types.map(isNumber);
  let widths: number[] | undefined;
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, index) => {
        const width = widths![index]!;
        return right[index] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd()}\n`;
  const start = (lines: readonly (readonly string[])[]) => {
    if (widths) return "";
    widths = names.map((name, index) =>
      lines.reduce((width, cells) => Math.max(width, cells[index]!.length), name.length),
    );
    return line(names);
  };
  return {
    async rows(rows) {
      const lines = rows.map((row) => row.map((value, index) => shown(value, types[index]!)));
      await out(start(lines) + lines.map(line).join(""));
    },
    end: () => out(start([])),
  };
}

function isNumber(type: Json): boolean {
  const { typeId } = type as { typeId: number };
  // DuckDBTypeId: TINYINT to DOUBLE, HUGEINT, DECIMAL, UHUGEINT.
  return (typeId >= 2 && typeId <= 11) || typeId === 16 || typeId === 19 || typeId === 32;
}

/** Lists and structs are JSON. */
function cell(value: Json): string | null {
  if (value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** For people: fractions of six digits, control characters taken out. */
function shown(value: Json, type: Json): string {
  if (typeof value === "number" && isNumber(type)) return String(Number(value.toPrecision(6)));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return (cell(value) ?? "").replace(/[\x00-\x1f\x7f]/g, " ");
}
