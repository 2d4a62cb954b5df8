import type { ComparedFigure, Comparison } from "../analysis/compare-accounts.js";
import { formatTable } from "./table.js";
import { formatBytes, formatDuration } from "./units.js";

/** Device rows are shown from this change on: 0.1 ms. */
const NOTABLE = 100_000n;

/** Two migrations side by side, for a terminal. */
export function compareReport(comparison: Comparison, before: string, after: string): string {
  const told = comparison.totals.filter(
    ({ before: a, after: b }) => a !== undefined || b !== undefined,
  );
  const devices = comparison.devices.filter((figure) => size(difference(figure)) >= NOTABLE);
  const quiet = comparison.devices.length - devices.length;
  const parts = [
    figuresTable(told, before, after),
    `\nDevices, the greatest change first\n${figuresTable(devices, before, after)}`,
  ];
  const others = quiet === 1 ? "other" : "others";
  if (quiet > 0) parts.push(`${quiet} ${others} changed by less than 0.1 ms\n`);
  return parts.join("");
}

function figuresTable(figures: readonly ComparedFigure[], before: string, after: string): string {
  return formatTable(figures, [
    { title: "", cell: (figure) => figure.name },
    { title: before, align: "right", cell: (figure) => show(figure, figure.before) },
    { title: after, align: "right", cell: (figure) => show(figure, figure.after) },
    { title: "change", align: "right", cell: showChange },
  ]);
}

function showChange(figure: ComparedFigure): string {
  const { before, after } = figure;
  if (before === undefined || after === undefined) return "";
  const by = difference(figure);
  const sign = by > 0n ? "+" : by < 0n ? "−" : "";
  const percent =
    before === 0n ? "" : ` (${sign}${Math.round((Number(size(by)) / Number(before)) * 100)} %)`;
  return `${sign}${show(figure, size(by))}${percent}`;
}

function show({ unit }: ComparedFigure, value: bigint | undefined): string {
  if (value === undefined) return "–";
  if (unit === "nanoseconds") return formatDuration(value);
  return unit === "bytes" ? formatBytes(Number(value)) : String(value);
}

function difference({ before = 0n, after = 0n }: ComparedFigure): bigint {
  return after - before;
}

function size(value: bigint): bigint {
  return value < 0n ? -value : value;
}
