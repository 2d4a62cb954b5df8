import type { ILexingError, IRecognitionException, IToken } from "chevrotain";
import type { ArgumentNode, EventNode, FileNode, LineNode } from "./ast.js";
import { tokenSpan } from "./build-ast.js";
import { TraceEventsParser } from "./parser.js";
import { printType } from "./print.js";
import { Source, type Span } from "./source.js";
import type { SyntaxProblem } from "./syntax-problem.js";
import { lexer, OpenString } from "./tokens.js";

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
  const source = new Source(name, text);
  const { tokens, errors } = lexer.tokenize(text);
  const problems: SyntaxProblem[] = errors.map((error) => lexProblem(error, text));
  for (const token of tokens) if (token.tokenType === OpenString) problems.push(openString(token));
  const unread = new Set(problems.map((problem) => source.locate(problem.span.start).line));

  let next = 0;
  const lines = lineSpans(text).map((span, index): LineNode => {
    const first = next;
    while (next < tokens.length && tokens[next]!.startOffset < span.end) next++;
    if (unread.has(index + 1)) return { kind: "broken", span };
    const { node, problems: found } = parseLine(tokens.slice(first, next), span, text);
    for (const problem of found) problems.push(problem);
    return node;
  });
  for (const problem of finalNewline(text)) problems.push(problem);
  problems.sort((a, b) => a.span.start - b.span.start);
  const file: FileNode = { kind: "file", span: { start: 0, end: text.length }, lines };
  return { source, file, problems };
}

interface ParsedLine {
  readonly node: LineNode;
  readonly problems: readonly SyntaxProblem[];
}

function parseLine(tokens: IToken[], span: Span, text: string): ParsedLine {
  if (tokens.length === 0) return { node: { kind: "blank", span }, problems: [] };
  parser ??= new TraceEventsParser();
  parser.input = tokens;
  const node = parser.line() ?? { kind: "blank", span };
  const { errors } = parser;
  parser.input = [];
  const problems: SyntaxProblem[] =
    errors.length === 0 && node.kind === "event"
      ? unnamedArguments(node)
      : errors.map((error) => parseProblem(error, span, text));
  return { node: problems.length > 0 ? { kind: "broken", span } : node, problems };
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

function parseProblem(error: IRecognitionException, line: Span, text: string): SyntaxProblem {
  const span = errorSpan(error, line);
  const found = text.slice(span.start, span.end);
  switch (error.context.ruleStack.at(-1)) {
    case "event": {
      const opened = text.slice(line.start, span.start).includes("(");
      const expected = opened ? "')' behind the arguments" : "'(' behind the event's name";
      return { code: "expected", span, values: { expected, found } };
    }
    case "argument":
    case "arguments": {
      const empty = ["", ",", ")"].includes(found);
      const values = { expected: "an argument's type", found };
      return empty
        ? { code: "empty-argument", span, values: {} }
        : { code: "expected", span, values };
    }
    case "format":
      return { code: "expected", span, values: { expected: "a string or a PRI macro", found } };
    default: {
      const rest = text.slice(span.start, line.end).trimEnd();
      const behind = text.slice(line.start, span.start).trim() !== "";
      return {
        code: behind ? "text-behind-event" : "not-an-event",
        span: { start: span.start, end: span.start + rest.length },
        values: { found: rest },
      };
    }
  }
}

/** The token at which it went wrong; the end of the line is an empty span. */
function errorSpan({ token }: IRecognitionException, line: Span): Span {
  if (Number.isNaN(token.startOffset)) return { start: line.end, end: line.end };
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
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    spans.push({ start, end });
    start = end + 1;
  }
  return spans;
}
