import type { DiagnosticCode, Problem } from "../diagnostics/catalogue.js";
import type { LintedFile } from "./linted-file.js";
import type { LintedTree } from "./linted-tree.js";
import type { SourceFile } from "./source/source-file.js";

/** How much a rule's finding counts. */
export type Level = "off" | "warn" | "error";

/** `recommended` finds mistakes, `strict` what is a matter of style too. */
export type RuleSet = "recommended" | "strict";

/** A trace-events file of this text, or a tree: path → text, of trace-events files and sources. */
export type Example = string | Readonly<Record<string, string>>;

/** What a rule tells of itself; its documentation page is made of this. */
export interface RuleInfo<C extends DiagnosticCode = DiagnosticCode> {
  /** The rule's name is the code of its problems. */
  readonly name: C;
  /** What must hold, in a line. */
  readonly summary: string;
  /** Why, in a paragraph. */
  readonly why: string;
  /** Something that has exactly one finding of this rule. */
  readonly bad: Example;
  /** The same without; what the fix makes of it where the rule is fixable. */
  readonly good: Example;
  readonly fixable: boolean;
  /** What it finds nothing without: several trace-events files, or C sources (`--source`). */
  readonly needs?: "tree" | "sources";
  /** Who else refuses what the rule finds, if anybody does. */
  readonly enforcedBy?: "QEMU's generator" | "QEMU's patch checker" | "the C compiler";
  readonly severity: Readonly<Record<RuleSet, Level>>;
}

/** A rule that looks at a trace-events file and tells what it finds there. */
export interface FileRule<C extends DiagnosticCode = DiagnosticCode> extends RuleInfo<C> {
  /** `tree` holds all files that are linted together, this one among them. */
  readonly check: (file: LintedFile, tree: LintedTree) => Iterable<Problem<C>>;
}

/** A rule that looks at a C or Rust file and tells what it finds there. */
export interface SourceRule<C extends DiagnosticCode = DiagnosticCode> extends RuleInfo<C> {
  readonly checkSource: (file: SourceFile, tree: LintedTree) => Iterable<Problem<C>>;
}

export type Rule = FileRule | SourceRule;

/** In both sets, as an error or a warning. */
export function always(level: Level): RuleInfo["severity"] {
  return { recommended: level, strict: level };
}

/** A warning in `strict`, nothing in `recommended`. */
export const strictOnly: RuleInfo["severity"] = { recommended: "off", strict: "warn" };
