/** What main.ts reads of a report in the schema of mutation-testing-report-schema. */
export interface MutationReport {
  readonly files: Readonly<Record<string, FileResults>>;
}

interface FileResults {
  readonly source: string;
  readonly mutants: readonly Mutant[];
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

/** Both count from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** The counts for a room. */
export interface RoomScore {
  /** Noticed mutants among all that could be tested, in percent, rounded down to one decimal. */
  readonly score: number;
  /** Mutants that a test failed for, that never ended, or with which a test file could not be loaded. */
  readonly noticed: number;
  readonly survived: number;
  readonly notCovered: number;
  /** Survivors and mutants that no test covers, by kind of mutation; most frequent first. */
  readonly survivors: Readonly<Record<string, number>>;
}

/** A mutant that no test notices. */
export interface Survivor extends Position {
  readonly file: string;
  readonly kind: string;
  /** Empty, or that no test covers it. */
  readonly status: string;
  readonly before: string;
  readonly after: string;
}

export function scoreOf(report: MutationReport): RoomScore {
  const mutants = Object.values(report.files).flatMap((file) => file.mutants);
  const count = (...wanted: string[]) =>
    mutants.filter(({ status }) => wanted.includes(status)).length;
  const noticed = count("Killed", "Timeout", "RuntimeError");
  const survived = count("Survived");
  const notCovered = count("NoCoverage");
  const total = noticed + survived + notCovered;
  const kinds = new Map<string, number>();
  for (const { kind } of survivorsOf(report)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return {
    score: total === 0 ? 100 : Math.floor((1000 * noticed) / total) / 10,
    noticed,
    survived,
    notCovered,
    survivors: Object.fromEntries([...kinds].sort(([, a], [, b]) => b - a)),
  };
}

export function survivorsOf(report: MutationReport): Survivor[] {
  return Object.entries(report.files).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter(({ status }) => status === "Survived" || status === "NoCoverage")
      .map(({ mutatorName, replacement, status, location: { start, end } }) => ({
        file,
        ...start,
        kind: mutatorName,
        status: status === "NoCoverage" ? " (not covered)" : "",
        before: brief(textBetween(source, start, end)),
        after: brief(replacement ?? ""),
      })),
  );
}

function textBetween(source: string, start: Position, end: Position): string {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column - 1);
  lines[0] = lines[0]!.slice(start.column - 1);
  return lines.join("\n");
}

function brief(code: string): string {
  const line = code.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
