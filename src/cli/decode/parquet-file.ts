import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import type { PrintfValue } from "../../printf/piece.js";
import type { Put } from "./record-sink.js";
import type { ColumnKind, Row, TableColumn } from "./record-table.js";

/** A Parquet file that is written as its rows come: a row group at a time is held. */
export class ParquetFile {
  readonly #columns: readonly TableColumn[];
  readonly #put: Put;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  #values: PrintfValue[][];

  /** `clock` tells what the timestamps count from, and is kept in the file's metadata. */
  constructor(columns: readonly TableColumn[], clock: string, put: Put) {
    this.#columns = columns;
    this.#put = put;
    this.#values = columns.map(() => []);
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: [
        { name: "records", num_children: columns.length },
        ...columns.map(({ name, kind }) => ({ name, ...schemaOf(kind), ...optional })),
      ],
      createdBy: "qtrace",
      kvMetadata: [{ key: "clock", value: clock }],
    });
  }

  /** How many rows wait to be written. */
  get rows(): number {
    return this.#values[0]!.length;
  }

  add(row: Row): void {
    for (let index = 0; index < this.#columns.length; index++) {
      this.#values[index]!.push(typed(this.#columns[index]!.kind, row[index] ?? null));
    }
  }

  /** Writes the rows that wait, as a row group of their own. */
  async write(): Promise<void> {
    if (this.rows > 0) {
      const columnData = this.#columns.map(({ name }, index) => ({
        name,
        data: this.#values[index]!,
      }));
      await this.#writer.write({ columnData, rowGroupSize: this.rows });
      this.#values = this.#columns.map(() => []);
    }
    await this.#flush();
  }

  /** Writes the rest, and what ends the file. */
  async end(): Promise<void> {
    await this.write();
    await this.#writer.finish();
    await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#bytes.index === 0) return;
    const bytes = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    await this.#put(bytes);
  }
}

const optional = { repetition_type: "OPTIONAL" } as const;

function schemaOf(kind: ColumnKind): Omit<SchemaElement, "name"> {
  if (kind === "bool") return { type: "BOOLEAN" };
  if (kind === "text") return { type: "BYTE_ARRAY", converted_type: "UTF8" };
  const bits = Number(kind.slice(1));
  return {
    type: bits === 64 ? "INT64" : "INT32",
    converted_type: `${kind.startsWith("i") ? "INT" : "UINT"}_${bits}` as "INT_8",
  };
}

/** A value as the library wants it: bigint where the column has 64 bits, else a number. */
function typed(kind: ColumnKind, value: PrintfValue): PrintfValue {
  if (typeof value !== "number" && typeof value !== "bigint") return value;
  return kind.endsWith("64") ? BigInt(value) : Number(value);
}
