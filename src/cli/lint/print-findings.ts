import type { FileProblems } from "../../diagnostics/file-problems.js";
import { printGithub } from "../../diagnostics/print-github.js";
import { printProblem } from "../../diagnostics/print-problem.js";
import { printSarif } from "../../diagnostics/print-sarif.js";
import { problemJson } from "../../diagnostics/problem-json.js";
import { rules } from "../../lint/registry.js";
import { rulePage } from "../../lint/rule-page.js";
import { version } from "../../version.js";
import type { Io } from "../io.js";
import { paletteOf } from "../palette.js";
import type { LintOptions } from "./lint-options.js";

/** Prints findings as `--format` wants them. */
export async function printFindings(
  files: readonly FileProblems[],
  format: LintOptions["format"],
  io: Io,
): Promise<void> {
  switch (format) {
    case "json": {
      const json = files.flatMap(({ source, problems }) =>
        problems.map((problem) => problemJson(source, problem)),
      );
      return io.out(`${JSON.stringify(json, null, 1)}\n`);
    }
    case "sarif": {
      const described = rules.map((rule) => ({ ...rule, markdown: rulePage(rule) }));
      return io.out(printSarif(files, { version, rules: described }));
    }
    case "github":
    case "text": {
      const palette = paletteOf(io.colors);
      for (const { source, problems } of files) {
        for (const problem of problems) {
          const text =
            format === "github"
              ? printGithub(source, problem)
              : printProblem(source, problem, palette);
          await io.out(text);
        }
      }
    }
  }
}
