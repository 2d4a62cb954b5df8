import type { ILexingError, ILexingResult, IToken } from "chevrotain";
import { argumentProblem, isVoid, startsWithDigit } from "./argument-problem.js";
import type { EventNode, FileNode, LineNode } from "./ast.js";
import { buildComment, tokenSpan } from "./build-ast.js";
import { explainLine } from "./explain-line.js";
import { TraceEventsParser } from "./parser.js";
import { Source, type Span } from "./source.js";
import type { SyntaxProblem } from "./syntax-problem.js";
import { Comment, lexer, OpenString } from "./tokens.js";

/** A text, its tree, and what is wrong with it. */
export interface ParseResult {
  readonly source: Source;
  readonly file: FileNode;
  readonly problems: readonly SyntaxProblem[];
}

/**
 * Parses the text of a trace-events file. Never throws: what cannot be read becomes a `broken`
 * line with its problems, and the lines around it are read.
 */
export function parse(text: string, name = "trace-events"): ParseResult {
  const problems: SyntaxProblem[] = [];
  const lexed = new LexedLines(lexer.tokenize(text));
  const lines = lineSpans(text).map((span): LineNode => {
    const tokens = lexed.tokensTo(span.end);
    const errors = lexed.errorsTo(span.end);
    const node = errors.length === 0 ? readLine(tokens, span) : undefined;
    if (node) return node;
    for (const problem of lineProblems(tokens, errors, span, text)) problems.push(problem);
    return { kind: "broken", span };
  });
  if (text !== "" && !text.endsWith("\n")) {
    const end = { start: text.length, end: text.length };
    problems.push({ code: "missing-final-newline", span: end, values: {} });
  }
  const file: FileNode = { kind: "file", span: { start: 0, end: text.length }, lines };
  return { source: new Source(name, text), file, problems };
}

/** What the lexer found, handed out line by line. */
class LexedLines {
  readonly #lexed: ILexingResult;
  #token = 0;
  #error = 0;

  constructor(lexed: ILexingResult) {
    this.#lexed = lexed;
  }

  /** The tokens from where the last call ended to an offset. */
  tokensTo(end: number): IToken[] {
    const { tokens } = this.#lexed;
    const first = this.#token;
    while (this.#token < tokens.length && tokens[this.#token]!.startOffset < end) this.#token++;
    return tokens.slice(first, this.#token);
  }

  /** The errors from where the last call ended to an offset. */
  errorsTo(end: number): readonly ILexingError[] {
    const { errors } = this.#lexed;
    if (this.#error === errors.length) return noErrors;
    const first = this.#error;
    while (this.#error < errors.length && errors[this.#error]!.offset < end) this.#error++;
    return errors.slice(first, this.#error);
  }
}

const noErrors: readonly ILexingError[] = [];

let parser: TraceEventsParser | undefined;

/** The node of a line, or undefined if there is something wrong with it. */
function readLine(tokens: IToken[], span: Span): LineNode | undefined {
  const first = tokens[0];
  if (!first) return { kind: "blank", span };
  if (first.tokenType === Comment) return buildComment(first);
  parser ??= new TraceEventsParser();
  const node = parser.read(tokens);
  return node && isSound(node) ? node : undefined;
}

/** Whether the words of an event are where C wants types and names; the parser takes any. */
function isSound({ name, properties, arguments: args }: EventNode): boolean {
  if (startsWithDigit(name.text)) return false;
  for (const property of properties) if (startsWithDigit(property.text)) return false;
  if (args.length === 1 && isVoid(args[0]!)) return true;
  for (const argument of args) if (argumentProblem(argument)) return false;
  return true;
}

/** What is wrong with a line, by place. Behind what the lexer cannot read nothing else is clear. */
function lineProblems(
  tokens: readonly IToken[],
  errors: readonly ILexingError[],
  line: Span,
  text: string,
): SyntaxProblem[] {
  const unread = errors.map(({ offset, length }) => unexpectedCharacter(text, offset, length));
  const open = tokens.find((token) => token.tokenType === OpenString);
  if (open) unread.push({ code: "unterminated-string", span: tokenSpan(open), values: {} });
  unread.sort((a, b) => a.span.start - b.span.start);
  const clear = unread[0]?.span.start ?? line.end + 1;
  const explained = tokens.length > 0 ? explainLine(tokens, line, text) : [];
  return [...explained.filter(({ span }) => span.start < clear), ...unread];
}

function unexpectedCharacter(text: string, start: number, length: number): SyntaxProblem {
  const span = { start, end: start + length };
  return { code: "unexpected-character", span, values: { found: text.slice(start, span.end) } };
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
