import { parse } from "../../grammar/parse.js";
import { messageOf, type Problem } from "../../src/diagnostics/catalogue.js";
import type { FileProblems } from "../../src/diagnostics/file-problems.js";
import { fixAll } from "../../src/lint/apply-fixes.js";
import { lintTree } from "../../src/lint/lint-tree.js";
import { buildLintedTree, type TreeContext } from "../../src/lint/linted-tree.js";
import { levelsOf } from "../../src/lint/registry.js";
import type { Example, Level, RuleSet } from "../../src/lint/rule.js";
import { scanSource } from "../../src/lint/source/scan-source.js";
import { buildSourceTree } from "../../src/lint/source/source-tree.js";

/** A tree as texts by path: files named `trace-events` are linted, others are sources. */
export function lintExample(
  example: Example,
  set: RuleSet | ReadonlyMap<string, Level>,
  context: TreeContext = {},
) {
  const texts = typeof example === "string" ? { "trace-events": example } : example;
  const entries = Object.entries(texts);
  const isEvents = (path: string) => path.split("/").at(-1) === "trace-events";
  const inputs = entries
    .filter(([path]) => isEvents(path))
    .map(([path, text]) => ({ path, parse: () => parse(ended(text), path) }));
  const sources = entries.filter(([path]) => !isEvents(path));
  const scanned = buildSourceTree(
    sources.map(([path, text]) => scanSource(path, text)),
    entries.map(([path]) => path),
  );
  const tree = buildLintedTree(inputs, {
    ...context,
    ...(sources.length > 0 && { sources: scanned }),
  });
  const levels = typeof set === "string" ? levelsOf(set) : set;
  return lintTree(tree, () => levels);
}

/** The problems of one rule, all files together. */
export function problemsOf(files: readonly FileProblems[], rule: string): Problem[] {
  return files.flatMap(({ problems }) => problems.filter(({ code }) => code === rule));
}

/** What one rule says of a text: `'the text under the caret': message`, an entry a problem. */
export function said(rule: string, example: Example, context?: TreeContext): string[] {
  return lintExample(example, new Map([[rule, "error"]]), context).flatMap(({ source, problems }) =>
    problems.map(
      (problem) =>
        `'${source.text.slice(problem.span.start, problem.span.end)}': ${messageOf(problem)}`,
    ),
  );
}

/** A text with the fixes of one rule in it. */
export function fixedBy(rule: string, text: string): string {
  const find = (now: string) =>
    problemsOf(lintExample(now, "strict"), rule).flatMap(({ fix }) => fix ?? []);
  return fixAll(ended(text), find).text.slice(0, text.endsWith("\n") ? undefined : -1);
}

function ended(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
