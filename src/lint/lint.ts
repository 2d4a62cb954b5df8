import type { ParseResult } from "../../grammar/parse.js";
import type { Problem } from "../diagnostics/catalogue.js";
import { buildLintedTree, type TreeContext } from "./linted-tree.js";
import { rules as allRules } from "./registry.js";
import type { FileRule, Rule } from "./rule.js";

const recommended = allRules.filter(({ severity }) => severity.recommended !== "off");

/**
 * Everything wrong in a parsed file, by place: the parser's problems and the rules' findings. The
 * rules are those of the set `recommended` unless told; comments that ignore are not looked at.
 */
export function lint(
  parsed: ParseResult,
  rules: readonly Rule[] = recommended,
  context: TreeContext = {},
): Problem[] {
  const tree = buildLintedTree([{ path: parsed.source.name, parse: () => parsed }], context);
  const [file] = tree.files();
  const fileRules = rules.filter((rule): rule is FileRule => "check" in rule);
  const found = fileRules.flatMap((rule) => [...rule.check(file!, tree)]);
  return [...parsed.problems, ...found].sort((a, b) => a.span.start - b.span.start);
}
