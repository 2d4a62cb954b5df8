import type { Source, Span } from "../../grammar/source.js";
import { messageOf, type Problem, type Severity, severityOf } from "./catalogue.js";

/** A place in a file as JSON has it: lines and columns from 1, columns in UTF-16 units, the end exclusive. */
export interface RegionJson {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A problem as JSON has it: the documented form of `--format json` (docs/lint-output.md). */
export interface ProblemJson extends RegionJson {
  readonly file: string;
  readonly severity: Severity;
  /** The rule's name, or the parser's code. */
  readonly code: string;
  readonly message: string;
  /** The mend, where there is a certain one. */
  readonly fix?: RegionJson & { readonly replacement: string };
}

/** A problem with all that its message wants already in it. */
export function problemJson(source: Source, problem: Problem): ProblemJson {
  const { fix } = problem;
  return {
    file: source.name,
    ...regionJson(source, problem.span),
    severity: severityOf(problem),
    code: problem.code,
    message: messageOf(problem),
    ...(fix && { fix: { ...regionJson(source, fix.span), replacement: fix.replacement } }),
  };
}

/** A span in lines and columns. */
export function regionJson(source: Source, { start, end }: Span): RegionJson {
  const from = source.locate(start);
  const to = source.locate(end);
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}
