import { createToken, Lexer, type TokenType } from "chevrotain";

/** What an argument is made of. */
export const ArgumentPart = createToken({ name: "ArgumentPart", pattern: Lexer.NA });

/** What a format is made of. */
export const FormatPart = createToken({ name: "FormatPart", pattern: Lexer.NA });

/** Identifiers, and numbers where an identifier should be. */
export const Word = createToken({
  name: "Word",
  pattern: /[A-Za-z_0-9]+/,
  categories: [ArgumentPart],
  label: "a name",
});

/** The format macros of `<inttypes.h>`: a conversion, and the width of its argument. */
export const Macro = createToken({
  name: "Macro",
  pattern: /PRI[diouxX](?:8|16|32|64|PTR|MAX)/,
  longer_alt: Word,
  categories: [FormatPart],
  label: "a PRI macro",
});

export const StringLiteral = createToken({
  name: "StringLiteral",
  pattern: matchString,
  start_chars_hint: ['"'],
  line_breaks: false,
  categories: [FormatPart],
  label: "a string",
});

/** Up to the closing quote. No regular expression: those run out of stack on megabytes of escapes. */
function matchString(text: string, start: number): [string] | null {
  if (text[start] !== '"') return null;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return [text.slice(start, at + 1)];
    if (text[at] === "\n") return null;
  }
  return null;
}

/** A string whose closing quote is missing: it ends with its line. */
export const OpenString = createToken({
  name: "OpenString",
  pattern: /"[^\n]*/,
  start_chars_hint: ['"'],
  label: "a string",
});

export const Comment = createToken({
  name: "Comment",
  pattern: /#[^\n]*/,
  start_chars_hint: ["#"],
  label: "a comment",
});

export const LeftParen = createToken({ name: "LeftParen", pattern: "(", label: "'('" });
export const RightParen = createToken({ name: "RightParen", pattern: ")", label: "')'" });
export const Comma = createToken({ name: "Comma", pattern: ",", label: "','" });
export const Star = createToken({
  name: "Star",
  pattern: "*",
  categories: [ArgumentPart],
  label: "'*'",
});

/** No other token reaches over a newline: the tokens of a line are those inside its span. */
const Blank = createToken({
  name: "Blank",
  pattern: /[ \t\r\n]+/,
  line_breaks: true,
  group: Lexer.SKIPPED,
});

/** All tokens in the order in which the lexer tries them. */
export const tokens: TokenType[] = [
  ArgumentPart,
  FormatPart,
  Blank,
  Macro,
  Word,
  StringLiteral,
  OpenString,
  LeftParen,
  RightParen,
  Comma,
  Star,
  Comment,
];

/** Offsets only: lines and columns are counted by `Source`, and only for problems. */
export const lexerConfig = {
  positionTracking: "onlyOffset",
  ensureOptimizations: true,
} as const;

/** Text → tokens. What chevrotain validates of a lexer is validated by a test, not at each start. */
export const lexer = new Lexer(tokens, { ...lexerConfig, skipValidations: true });
