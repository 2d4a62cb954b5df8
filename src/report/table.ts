import { withoutControls } from "../without-controls.js";

/** A column of a text table. */
export interface Column<T> {
  readonly title: string;
  readonly align?: "left" | "right";
  readonly cell: (row: T) => string;
  /** Whether it is left out where the table would be too wide. */
  readonly spare?: true;
}

/**
 * Rows as lines of text: columns two spaces apart, each as wide as its widest cell. If the table is
 * wider than `width`, spare columns are left out, the last one first. Works with millions of rows.
 */
export function formatTable<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  width = Number.POSITIVE_INFINITY,
): string {
  const cells = [
    columns.map((column) => oneLine(column.title)),
    ...rows.map((row) => columns.map((column) => oneLine(column.cell(row)))),
  ];
  const widths = columns.map((_, index) =>
    cells.reduce((widest, line) => Math.max(widest, line[index]!.length), 0),
  );
  const spare = columns.findLastIndex((column) => column.spare);
  const total = widths.reduce((sum, cell) => sum + cell + 2, -2);
  if (total > width && spare >= 0) return formatTable(rows, columns.toSpliced(spare, 1), width);
  let text = "";
  for (const line of cells) {
    const padded = line
      .map((cell, index) =>
        columns[index]!.align === "right"
          ? cell.padStart(widths[index]!)
          : cell.padEnd(widths[index]!),
      )
      .join("  ");
    text += `${padded.trimEnd()}\n`;
  }
  return text;
}

/** A name in a cell may have line feeds, which must not start rows. */
function oneLine(cell: string): string {
  return cell.includes("\n") ? withoutControls(cell) : cell;
}
