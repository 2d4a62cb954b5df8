import type { SyntaxProblem } from "./syntax-problem.js";

/** C17 5.2.4.1: a compiler need not take a longer line, nor a longer string. */
const LONGEST_LINE = 4095;

/** Nearly all files are without: their bytes are looked at once, by the cheapest pattern. */
const beyondAscii = /[^\n -~]/;
const unusual = /\t+|\r\n|[^\P{Cc}\t\n]+/gu;

/**
 * What is wrong with a text before anybody looks at its lines, by place: tabs, carriage returns,
 * control characters, and lines that are too long. Carriage returns are told once a text.
 */
export function checkText(text: string): SyntaxProblem[] {
  const problems = beyondAscii.test(text) ? oddCharacters(text) : [];
  for (const problem of longLines(text)) problems.push(problem);
  return problems.sort((a, b) => a.span.start - b.span.start);
}

function oddCharacters(text: string): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  let carriageReturns = 0;
  for (const { 0: found, index } of text.matchAll(unusual)) {
    const span = { start: index, end: index + found.length };
    if (found === "\r\n") {
      if (carriageReturns++ === 0) {
        const values = { count: text.split("\r\n").length - 1 };
        problems.push({ code: "carriage-return", span: { start: index, end: index + 1 }, values });
      }
    } else if (found.startsWith("\t")) problems.push({ code: "tab", span, values: {} });
    else problems.push({ code: "control-character", span, values: { found } });
  }
  return problems;
}

function* longLines(text: string): Iterable<SyntaxProblem> {
  // As far as a line may reach there is nearly always the end of one: the last of them is gone on from.
  for (let start = 0; start + LONGEST_LINE < text.length; ) {
    const last = text.lastIndexOf("\n", start + LONGEST_LINE);
    if (last >= start) {
      start = last + 1;
      continue;
    }
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const span = { start: start + LONGEST_LINE, end };
    yield { code: "long-line", span, values: { length: end - start, limit: LONGEST_LINE } };
    start = end + 1;
  }
}
