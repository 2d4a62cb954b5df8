import type { ColumnKind, TableColumn } from "../record-table.js";
import { ParquetColumn } from "./column.js";

/** Columns that tables put their rows into one after another. */
export class ColumnStock {
  readonly #columns = new Map<ColumnKind, ParquetColumn[]>();

  /** Empty columns for a table; good until the next one asks for its own. */
  columnsFor(table: readonly TableColumn[]): readonly ParquetColumn[] {
    const given = new Map<ColumnKind, number>();
    return table.map((column) => {
      const index = given.get(column.kind) ?? 0;
      given.set(column.kind, index + 1);
      const ofKind = this.#columns.get(column.kind) ?? [];
      this.#columns.set(column.kind, ofKind);
      ofKind[index] ??= new ParquetColumn(column);
      return ofKind[index];
    });
  }
}
