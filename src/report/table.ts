/** A column of a text table. */
export interface Column<T> {
  readonly title: string;
  readonly align?: "left" | "right";
  readonly cell: (row: T) => string;
}

/** Rows as lines of text, columns two blanks apart, each as wide as its widest cell. */
export function formatTable<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => column.cell(row))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)));
  const lines = cells.map((line) =>
    line
      .map((cell, index) =>
        columns[index]!.align === "right"
          ? cell.padStart(widths[index]!)
          : cell.padEnd(widths[index]!),
      )
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}
