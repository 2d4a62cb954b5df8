import type { SyntaxProblem } from "./syntax-problem.js";

/** The text of a file, and what is wrong with its bytes. */
export interface DecodedSource {
  /** Without byte-order marks; what is no UTF-8 is U+FFFD. */
  readonly text: string;
  readonly problems: readonly SyntaxProblem[];
}

/** Decodes UTF-8. Never throws: what is none has a problem with its place, one a line. */
export function decodeSource(bytes: Uint8Array): DecodedSource {
  const problems: SyntaxProblem[] = [];
  let text = decodeWhole(bytes) ?? decodeLossily(bytes, problems);
  const marks = /^\ufeff*/.exec(text)![0].length;
  if (marks > 0) {
    text = text.slice(marks);
    for (const [index, problem] of problems.entries()) problems[index] = moved(problem, -marks);
    const values = {};
    problems.unshift({ code: "byte-order-mark", span: { start: 0, end: 0 }, values });
  }
  return { text, problems };
}

function moved(problem: SyntaxProblem, by: number): SyntaxProblem {
  const { start, end } = problem.span;
  return { ...problem, span: { start: start + by, end: end + by } };
}

function decodeWhole(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Line by line: a newline's byte is never a part of another character. */
function decodeLossily(bytes: Uint8Array, problems: SyntaxProblem[]): string {
  let text = "";
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const line = bytes.subarray(start, end);
    text += decodeWhole(line) ?? decodeBrokenLine(line, text.length, problems);
    start = end;
  }
  return text;
}

function decodeBrokenLine(line: Uint8Array, offset: number, problems: SyntaxProblem[]): string {
  let first = -1;
  let count = 0;
  for (let at = 0; at < line.length; ) {
    const size = characterSize(line, at);
    if (size === 0 && count++ === 0) first = at;
    at += size || 1;
  }
  const start = offset + decodeWhole(line.subarray(0, first))!.length;
  const values = { byte: line[first]!, count };
  problems.push({ code: "invalid-utf-8", span: { start, end: start + 1 }, values });
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(line);
}

/** How many bytes the character at an offset has; 0 where there is none (Unicode 15, table 3-7). */
function characterSize(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  const second = bytes[at + 1] ?? 0;
  const follows = (index: number) => ((bytes[at + index] ?? 0) & 0xc0) === 0x80;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4 || !follows(1)) return 0;
  if (first < 0xe0) return 2;
  const overlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const surrogate = first === 0xed && second >= 0xa0;
  const beyond = first === 0xf4 && second >= 0x90;
  if (overlong || surrogate || beyond || !follows(2)) return 0;
  if (first < 0xf0) return 3;
  return follows(3) ? 4 : 0;
}
