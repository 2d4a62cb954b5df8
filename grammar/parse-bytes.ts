import { checkText } from "./check-text.js";
import { decodeSource } from "./decode-source.js";
import { type ParseResult, parse } from "./parse.js";
import type { SyntaxProblem } from "./syntax-problem.js";

/**
 * Parses the bytes of a trace-events file. Beside what `parse` tells of a text there are problems
 * for all that a text editor would not show: bytes that are no UTF-8, a byte-order mark, carriage
 * returns, tabs, control characters. Never throws.
 */
export function parseBytes(bytes: Uint8Array, name?: string): ParseResult {
  const { text, problems } = decodeSource(bytes);
  const parsed = parse(text, name);
  const all = [...problems, ...withoutTold(checkText(text), parsed.problems)];
  if (all.length === 0) return parsed;
  const undecoded = problems.some(({ code }) => code === "invalid-utf-8");
  for (const problem of parsed.problems) {
    if (!(undecoded && isReplacement(problem))) all.push(problem);
  }
  return { ...parsed, problems: all.sort((a, b) => a.span.start - b.span.start) };
}

/** True for what the parser says of bytes that are told of as such. */
function isReplacement(problem: SyntaxProblem): boolean {
  return problem.code === "unexpected-character" && /^\ufffd+$/.test(problem.values.found);
}

/** A control character where the parser met it is told by the parser. Both lists are by place. */
function withoutTold(
  found: readonly SyntaxProblem[],
  told: readonly SyntaxProblem[],
): SyntaxProblem[] {
  let next = 0;
  return found.filter(({ code, span }) => {
    while (next < told.length && told[next]!.span.end <= span.start) next++;
    const covers = told[next];
    return !(
      code === "control-character" &&
      covers?.code === "unexpected-character" &&
      covers.span.start <= span.start
    );
  });
}
