import type { IToken } from "chevrotain";
import type {
  ArgumentNode,
  CommentNode,
  EventNode,
  FormatNode,
  FormatPartNode,
  NameNode,
  TypeNode,
} from "./ast.js";
import type { Span } from "./source.js";
import { Macro, StringLiteral, Word } from "./tokens.js";

/** Where a token stands. */
export function tokenSpan(token: IToken): Span {
  return { start: token.startOffset, end: token.startOffset + token.image.length };
}

export function buildComment(token: IToken): CommentNode {
  return { kind: "comment", span: tokenSpan(token), text: token.image.slice(1).trim() };
}

/** An event of the words before its parenthesis: properties, and the name as the last of them. */
export function buildEvent(
  words: readonly IToken[],
  args: readonly ArgumentNode[],
  close: IToken,
  formats: readonly FormatNode[],
): EventNode {
  const names = words.map(buildName);
  const end = formats.at(-1)?.span.end ?? tokenSpan(close).end;
  return {
    kind: "event",
    span: { start: names[0]!.span.start, end },
    properties: names.slice(0, -1),
    name: names.at(-1)!,
    arguments: args,
    formats,
  };
}

/**
 * An argument of its words and stars: the last word is the name, unless the argument is `void`
 * or a star is last.
 */
export function buildArgument(parts: readonly IToken[]): ArgumentNode {
  const first = parts[0]!;
  const last = parts.at(-1)!;
  const named = parts.length > 1 && last.tokenType === Word;
  const type = buildType(named ? parts.slice(0, -1) : parts);
  return {
    kind: "argument",
    span: { start: first.startOffset, end: tokenSpan(last).end },
    type,
    name: named ? buildName(last) : undefined,
  };
}

export function buildFormat(parts: readonly IToken[]): FormatNode {
  return {
    kind: "format",
    span: { start: parts[0]!.startOffset, end: tokenSpan(parts.at(-1)!).end },
    parts: parts.map(buildFormatPart),
  };
}

function buildFormatPart(token: IToken): FormatPartNode {
  const span = tokenSpan(token);
  if (token.tokenType === Macro) return { kind: "macro", span, name: token.image };
  const closed = token.tokenType === StringLiteral;
  return { kind: "string", span, raw: token.image.slice(1, closed ? -1 : undefined) };
}

function buildType(parts: readonly IToken[]): TypeNode {
  const words = parts.filter((part) => part.tokenType === Word).map(buildName);
  return {
    kind: "type",
    span: { start: parts[0]!.startOffset, end: tokenSpan(parts.at(-1)!).end },
    words,
    pointers: parts.length - words.length,
  };
}

function buildName(token: IToken): NameNode {
  return { kind: "name", span: tokenSpan(token), text: token.image };
}
