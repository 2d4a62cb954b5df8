import { severityOf } from "./catalogue.js";
import type { FileProblems } from "./file-problems.js";

interface Row {
  readonly code: string;
  readonly severity: string;
  count: number;
  files: number;
  fixable: number;
}

/** How often each rule found something, the most frequent first; nothing where nothing was found. */
export function printSummary(files: readonly FileProblems[]): string {
  const rows = new Map<string, Row>();
  for (const { problems } of files) {
    const seen = new Set<string>();
    for (const problem of problems) {
      const { code, fix } = problem;
      const severity = severityOf(problem);
      const key = `${code} ${severity}`;
      let row = rows.get(key);
      if (!row) {
        row = { code, severity, count: 0, files: 0, fixable: 0 };
        rows.set(key, row);
      }
      row.count++;
      if (fix) row.fixable++;
      if (!seen.has(key)) row.files++;
      seen.add(key);
    }
  }
  const sorted = [...rows.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  const width = Math.max(0, ...sorted.map(({ code }) => code.length));
  return sorted.map((row) => `${printRow(row, width)}\n`).join("");
}

function printRow({ code, severity, count, files, fixable }: Row, width: number): string {
  const mends = fixable > 0 ? `, --fix mends ${fixable === count ? "all" : fixable}` : "";
  const where = `in ${files} file${files === 1 ? "" : "s"}`;
  return `${String(count).padStart(6)} ${severity.padEnd(7)} ${code.padEnd(width)}  ${where}${mends}`;
}
