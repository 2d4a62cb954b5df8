import { severityOf } from "../../diagnostics/catalogue.js";
import type { FileProblems } from "../../diagnostics/file-problems.js";
import { printSummary } from "../../diagnostics/print-summary.js";
import { type LevelsFor, lintTree } from "../../lint/lint-tree.js";
import type { LintedTree } from "../../lint/linted-tree.js";
import { type Io, writeLines } from "../io.js";
import { writeOutput } from "../outputs/output-file.js";
import { configuredLevels } from "./find-config.js";
import { type LintOptions, readRuleOptions, refuseUsage } from "./lint-options.js";
import { printFindings } from "./print-findings.js";
import { readTree } from "./read-tree.js";
import { withoutKnown, writeBaseline } from "./use-baseline.js";

/** Lints files as the options want it; the exit code is 1 if there is an error, or too many warnings. */
export async function runLint(
  inputs: readonly string[],
  options: LintOptions,
  io: Io,
): Promise<number> {
  refuseUsage(inputs, options);
  const levelsFor = configuredLevels(options.config, {
    set: options.set,
    rules: readRuleOptions(options.rule),
  });
  let tree = await readTree(inputs, options.source, options.qemu, io);
  if (options.fix || options.fixDryRun) {
    const fixed = await applyAll(tree, levelsFor, options, io);
    if (options.fix && fixed > 0) tree = await readTree(inputs, options.source, options.qemu, io);
  }
  const all = lintTree(tree, levelsFor);
  if (options.updateBaseline) {
    await writeBaseline(all, options.baseline!, io);
    return 0;
  }
  const found = await narrow(all, options, io);
  if (!options.fixDryRun) await printFindings(found, options.format, io);
  writeLines(io, printSummary(found));
  return conclude(tree.size, found, options, io);
}

/** Puts the fixes in, or prints what they would change; gives how many files they change. */
async function applyAll(
  tree: LintedTree,
  levelsFor: LevelsFor,
  { fix }: LintOptions,
  io: Io,
): Promise<number> {
  const { fixTree, printFixDiff } = await import("./fix-tree.js");
  const fixed = fixTree(tree, levelsFor);
  for (const file of fixed) {
    if (fix) await writeOutput(file.name, file.after);
    else await io.out(printFixDiff(file));
  }
  const fixes = fixed.reduce((sum, { applied }) => sum + applied, 0);
  const verb = fix ? "put in" : "to put in";
  io.err(`${count(fixes, "fix", "fixes")} ${verb}, in ${count(fixed.length, "file")}\n`);
  return fixed.length;
}

/** What is left of findings when the baseline's and those on old lines are taken out. */
async function narrow(
  files: readonly FileProblems[],
  { baseline, diff }: LintOptions,
  io: Io,
): Promise<readonly FileProblems[]> {
  const left = baseline === undefined ? files : await withoutKnown(files, baseline, io);
  if (diff === undefined) return left;
  const { changedLines } = await import("./changed-lines.js");
  const isChanged = await changedLines(diff);
  return left.map((file) => ({
    ...file,
    problems: file.problems.filter(({ span }) =>
      isChanged(file.source.name, file.source.locate(span.start).line),
    ),
  }));
}

function conclude(
  files: number,
  found: readonly FileProblems[],
  { maxWarnings }: LintOptions,
  io: Io,
): number {
  const problems = found.flatMap((file) => file.problems);
  const errors = problems.filter((problem) => severityOf(problem) === "error").length;
  const warnings = problems.length - errors;
  const tooMany = maxWarnings !== undefined && warnings > maxWarnings;
  const limit = tooMany ? ` (more than ${maxWarnings})` : "";
  io.err(
    `${count(files, "file")}: ${count(errors, "error")}, ${count(warnings, "warning")}${limit}\n`,
  );
  return errors > 0 || tooMany ? 1 : 0;
}

function count(number: number, word: string, words = `${word}s`): string {
  return `${number} ${number === 1 ? word : words}`;
}
