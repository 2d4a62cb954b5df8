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
import { Macro, Star, StringLiteral, Word } from "./tokens.js";

/** Where a token stands. */
export function tokenSpan(token: IToken): Span {
  return { start: token.startOffset, end: tokenEnd(token) };
}

function tokenEnd(token: IToken): number {
  return token.startOffset + token.image.length;
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
  const properties = words.map(buildName);
  const name = properties.pop()!;
  const end = formats.length > 0 ? formats[formats.length - 1]!.span.end : tokenEnd(close);
  return {
    kind: "event",
    span: { start: words[0]!.startOffset, end },
    properties,
    name,
    arguments: args,
    formats,
  };
}

/** An argument of its words and stars: the last word is the name, unless it is the only one. */
export function buildArgument(parts: readonly IToken[]): ArgumentNode {
  const last = parts[parts.length - 1]!;
  const named = parts.length > 1 && last.tokenType === Word;
  return {
    kind: "argument",
    span: { start: parts[0]!.startOffset, end: tokenEnd(last) },
    type: buildType(parts, named ? parts.length - 1 : parts.length),
    name: named ? buildName(last) : undefined,
  };
}

/** The type of the first `count` parts. */
function buildType(parts: readonly IToken[], count: number): TypeNode {
  const words: NameNode[] = [];
  let pointers = 0;
  let stars = "";
  for (let index = 0; index < count; index++) {
    const part = parts[index]!;
    if (part.tokenType === Star) {
      pointers++;
      stars += "*";
    } else if (pointers === 0) words.push(buildName(part));
    else stars += `${part.image} `;
  }
  const span = { start: parts[0]!.startOffset, end: tokenEnd(parts[count - 1]!) };
  return { kind: "type", span, words, pointers, stars };
}

export function buildFormat(parts: readonly IToken[]): FormatNode {
  return {
    kind: "format",
    span: { start: parts[0]!.startOffset, end: tokenEnd(parts[parts.length - 1]!) },
    parts: parts.map(buildFormatPart),
  };
}

function buildFormatPart(token: IToken): FormatPartNode {
  const span = tokenSpan(token);
  if (token.tokenType === Macro) return { kind: "macro", span, name: token.image };
  const closed = token.tokenType === StringLiteral;
  return { kind: "string", span, raw: token.image.slice(1, closed ? -1 : undefined) };
}

function buildName(token: IToken): NameNode {
  return { kind: "name", span: tokenSpan(token), text: token.image };
}
