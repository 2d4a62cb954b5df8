import type { Fix, Problem, Severity } from "../diagnostics/catalogue.js";
import type { FileProblems } from "../diagnostics/file-problems.js";
import { findIgnores, type Ignore } from "./ignore-comments.js";
import type { LintedFile } from "./linted-file.js";
import type { LintedTree } from "./linted-tree.js";
import { ruleNamed, rules } from "./registry.js";
import type { FileRule, Level, Rule, SourceRule } from "./rule.js";
import type { SourceFile } from "./source/source-file.js";

/** The level of each rule, by its name; a rule that is not named is off. */
export type Levels = ReadonlyMap<string, Level>;

/** The levels for a file, by the name of its source. */
export type LevelsFor = (file: string) => Levels;

const fileRules = rules.filter((rule): rule is FileRule => "check" in rule);
const sourceRules = rules.filter((rule): rule is SourceRule => "checkSource" in rule);

/**
 * Everything wrong in the files of a tree, and in its sources if it has any: the parser's problems
 * and what the rules find, with the severities that are set, less what comments excuse. Files without
 * a problem are given too, sources only with one.
 */
export function lintTree(tree: LintedTree, levelsFor: LevelsFor): FileProblems[] {
  const files = Array.from(tree.files(), (file) =>
    lintFile(file, tree, levelsFor(file.parsed.source.name)),
  );
  const sources = (tree.sources?.files ?? []).map((file) =>
    lintSource(file, tree, levelsFor(file.source.name)),
  );
  return [...files, ...sources.filter(({ problems }) => problems.length > 0)];
}

function lintFile(file: LintedFile, tree: LintedTree, levels: Levels): FileProblems {
  const { parsed, path } = file;
  const found: Problem[] = [];
  for (const rule of fileRules) {
    const severity = severityAt(levels.get(rule.name));
    if (!severity) continue;
    for (const problem of rule.check(file, tree)) found.push({ ...problem, severity });
  }
  const problems = [...parsed.problems, ...withoutIgnored(file, found, tree, levels)];
  return { source: parsed.source, path, problems: problems.sort(byPlace) };
}

function lintSource(file: SourceFile, tree: LintedTree, levels: Levels): FileProblems {
  const problems: Problem[] = [];
  for (const rule of sourceRules) {
    const severity = severityAt(levels.get(rule.name));
    if (!severity) continue;
    for (const problem of rule.checkSource(file, tree)) problems.push({ ...problem, severity });
  }
  return { source: file.source, path: file.path, problems: problems.sort(byPlace) };
}

function severityAt(level: Level | undefined): Severity | undefined {
  if (level === undefined || level === "off") return undefined;
  return level === "warn" ? "warning" : "error";
}

function byPlace(a: Problem, b: Problem): number {
  return a.span.start - b.span.start;
}

/** Takes out what comments excuse, and adds the comments that excuse nothing. */
function withoutIgnored(
  { parsed }: LintedFile,
  problems: readonly Problem[],
  tree: LintedTree,
  levels: Levels,
): readonly Problem[] {
  const { source, file } = parsed;
  const ignores = findIgnores(file, source.text);
  if (ignores.size === 0) return problems;
  const used = new Set<Ignore>();
  const left = problems.filter((problem) => {
    const { line } = source.locate(problem.span.start);
    const ignore = ignores.get(line)?.find(({ rule }) => rule === problem.code);
    if (ignore) used.add(ignore);
    return !ignore;
  });
  const severity = severityAt(levels.get("unused-ignore"));
  if (!severity) return left;
  for (const ignore of [...ignores.values()].flat()) {
    const { rule, span } = ignore;
    const known = ruleNamed(rule);
    if (used.has(ignore) || (known && !hasRun(known, tree, levels))) continue;
    const fix = removalOf(ignore, source.text);
    left.push({
      code: "unused-ignore",
      span,
      values: { rule, known: known !== undefined },
      severity,
      fix,
    });
  }
  return left;
}

/** Whether a rule would have found what there is to find. */
function hasRun({ name, needs }: Rule, tree: LintedTree, levels: Levels): boolean {
  if ((levels.get(name) ?? "off") === "off") return false;
  if (needs === "tree") return tree.size > 1;
  return needs === undefined || tree.sources !== undefined;
}

/** Takes the rule out of its comment, or the comment's whole line if it is the only one. */
function removalOf({ comment, span, rules: count }: Ignore, text: string): Fix {
  if (count === 1) {
    const start = text.lastIndexOf("\n", comment.span.start) + 1;
    const newline = text.indexOf("\n", comment.span.end);
    // What was an odd character would be a byte-order mark at the file's begin.
    const makesMark = start === 0 && text[newline + 1] === "\ufeff";
    const end = newline < 0 ? text.length : newline + (makesMark ? 0 : 1);
    return { span: { start, end }, replacement: "" };
  }
  const behind = /^\s*,?\s*/.exec(text.slice(span.end, comment.span.end))![0];
  if (behind.includes(",")) {
    return { span: { start: span.start, end: span.end + behind.length }, replacement: "" };
  }
  let start = span.start;
  while (start > comment.span.start && /[\s,]/.test(text[start - 1]!)) start--;
  return { span: { start, end: span.end }, replacement: "" };
}
