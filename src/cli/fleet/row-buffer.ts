import type { Rows, TableName } from "../../fleet/schema.js";

/** Collects the rows of many recordings, table by table. */
export class RowBuffer {
  readonly #rows: { [table: string]: unknown[] } = {};
  #size = 0;

  /** Rows in all tables. */
  get size(): number {
    return this.#size;
  }

  get rows(): Partial<Rows> {
    return this.#rows as Partial<Rows>;
  }

  add(rows: Partial<Rows>): void {
    for (const [table, some] of Object.entries(rows) as [TableName, readonly unknown[]][]) {
      const all = this.#rows[table] ?? [];
      this.#rows[table] = all;
      for (const row of some) all.push(row);
      this.#size += some.length;
    }
  }
}
