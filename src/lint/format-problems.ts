import type { FormatProblem } from "../../grammar/format-string.js";
import type { Problem } from "../diagnostics/catalogue.js";
import type { LintedFile } from "./linted-file.js";

/** The problems of one code that the grammar found inside a file's formats. */
export function* formatProblems<C extends FormatProblem["code"]>(
  code: C,
  { events }: LintedFile,
): Generator<Problem<C>> {
  for (const { formats } of events) {
    for (const { problems } of formats) {
      for (const problem of problems) {
        if (problem.code === code) yield problem as unknown as Problem<C>;
      }
    }
  }
}
