import type { ParseResult } from "../../grammar/parse.js";
import type { Problem } from "../diagnostics/catalogue.js";
import { buildEventModel } from "../model/build-model.js";
import { rules as allRules } from "./registry.js";
import type { LintedEvent, Rule } from "./rule.js";

/** Everything wrong in a parsed file, by place: the parser's problems and the rules' findings. */
export function lint(parsed: ParseResult, rules: readonly Rule[] = allRules): Problem[] {
  const events: LintedEvent[] = [];
  parsed.file.lines.forEach((node, index) => {
    if (node.kind !== "event") return;
    const place = { file: parsed.source.name, line: index + 1 };
    events.push({ node, event: buildEventModel(node, "", place) });
  });
  const found = rules.flatMap((rule) => [...rule.check({ parsed, events })]);
  return [...parsed.problems, ...found].sort((a, b) => a.span.start - b.span.start);
}
