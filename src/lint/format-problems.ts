import type { FormatProblem } from "../../grammar/format-string.js";
import type { Problem } from "../diagnostics/catalogue.js";
import { type LintedFile, oncePerFile } from "./linted-file.js";

const allProblems = oncePerFile(({ events }: LintedFile): readonly FormatProblem[] =>
  events.flatMap(({ formats }) => formats.flatMap(({ problems }) => problems)),
);

/** The problems of one code that the grammar found inside a file's formats. */
export function formatProblems<C extends FormatProblem["code"]>(
  code: C,
  file: LintedFile,
): Problem<C>[] {
  return allProblems(file).filter((problem) => problem.code === code) as unknown as Problem<C>[];
}
