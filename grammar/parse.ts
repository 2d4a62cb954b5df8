import type { ILexingError, IRecognitionException, IToken } from "chevrotain";
import type { ArgumentNode, EventNode, FileNode, LineNode } from "./ast.js";
import { tokenSpan } from "./build-ast.js";
import { TraceEventsParser } from "./parser.js";
import { printType } from "./print.js";
import { Source, type Span } from "./source.js";
import type { SyntaxProblem } from "./syntax-problem.js";
import { lexer, Newline, OpenString } from "./tokens.js";

/** A text, its tree, and what is wrong with it. */
export interface ParseResult {
  readonly source: Source;
  readonly file: FileNode;
  readonly problems: readonly SyntaxProblem[];
}

let parser: TraceEventsParser | undefined;

/**
 * Parses the text of a trace-events file. Never throws: what cannot be read becomes a `broken`
 * line with a problem, and the lines around it are read.
 */
export function parse(text: string, name = "trace-events"): ParseResult {
  parser ??= new TraceEventsParser();
  const source = new Source(name, text);
  const { tokens, errors: lexErrors } = lexer.tokenize(text);
  parser.input = tokens;
  const results = parser.file() ?? [];
  const problems: SyntaxProblem[] = [
    ...lexErrors.map((error) => lexProblem(error, text)),
    ...parser.errors.map((error) => parseProblem(error, text)),
    ...tokens.filter((token) => token.tokenType === OpenString).map(openString),
  ];
  parser.input = [];

  const broken = new Set(problems.map((problem) => source.locate(problem.span.start).line));
  const lines = lineSpans(text).map((span, index): LineNode => {
    const node = results[index] ?? { kind: "blank", span };
    if (broken.has(index + 1)) return { kind: "broken", span };
    const unnamed = node.kind === "event" ? unnamedArguments(node) : [];
    problems.push(...unnamed);
    return unnamed.length > 0 ? { kind: "broken", span } : node;
  });
  problems.push(...finalNewline(text));
  problems.sort((a, b) => a.span.start - b.span.start);
  const file: FileNode = { kind: "file", span: { start: 0, end: text.length }, lines };
  return { source, file, problems };
}

function lexProblem(error: ILexingError, text: string): SyntaxProblem {
  const span = { start: error.offset, end: error.offset + error.length };
  return {
    code: "unexpected-character",
    span,
    values: { found: text.slice(span.start, span.end) },
  };
}

function openString(token: IToken): SyntaxProblem {
  return { code: "unterminated-string", span: tokenSpan(token), values: {} };
}

function parseProblem(error: IRecognitionException, text: string): SyntaxProblem {
  const span = errorSpan(error, text);
  const found = text.slice(span.start, span.end);
  switch (error.context.ruleStack.at(-1)) {
    case "event": {
      const expected =
        found === "" || text.lastIndexOf("(", span.start) < lineStart(text, span.start)
          ? "'(' behind the event's name"
          : "')' behind the arguments";
      return { code: "expected", span, values: { expected: expectedIn(error, expected), found } };
    }
    case "argument":
    case "arguments":
      return { code: "empty-argument", span, values: {} };
    case "format":
      return { code: "expected", span, values: { expected: "a string or a PRI macro", found } };
    default: {
      const rest = { start: span.start, end: lineEnd(text, span.start) };
      const behind = text.slice(lineStart(text, span.start), span.start).trim() !== "";
      const values = { found: text.slice(rest.start, rest.end).trimEnd() };
      return { code: behind ? "text-behind-event" : "not-an-event", span: rest, values };
    }
  }
}

/** Chevrotain's mismatch names the token that it wanted; ours tells where it belongs. */
function expectedIn(error: IRecognitionException, fallback: string): string {
  if (error.message.includes("')'")) return "')' behind the arguments";
  if (error.message.includes("'('")) return "'(' behind the event's name";
  return fallback;
}

/** The token at which it went wrong; a newline or the end of the text is an empty span. */
function errorSpan(error: IRecognitionException, text: string): Span {
  const { token } = error;
  if (Number.isNaN(token.startOffset)) return { start: text.length, end: text.length };
  if (token.tokenType === Newline) return { start: token.startOffset, end: token.startOffset };
  return tokenSpan(token);
}

/** Arguments without a name, but for `void` alone. */
function unnamedArguments({ arguments: args }: EventNode): SyntaxProblem[] {
  return args
    .filter((argument) => !argument.name && !(args.length === 1 && isVoid(argument)))
    .map((argument) => ({
      code: "unnamed-argument",
      span: argument.span,
      values: { type: printType(argument.type) },
    }));
}

/** True for the word `void` alone, which stands for no arguments. */
export function isVoid({ name, type }: ArgumentNode): boolean {
  return !name && type.pointers === 0 && type.words.length === 1 && type.words[0]!.text === "void";
}

function finalNewline(text: string): SyntaxProblem[] {
  if (text === "" || text.endsWith("\n")) return [];
  const span = { start: text.length, end: text.length };
  return [{ code: "missing-final-newline", span, values: {} }];
}

/** The spans of the lines, without what stands behind the last newline if that is nothing. */
function lineSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (let start = 0; start < text.length; ) {
    const end = lineEnd(text, start);
    spans.push({ start, end });
    start = end + 1;
  }
  return spans;
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
}
