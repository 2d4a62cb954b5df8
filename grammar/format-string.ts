import type { FormatNode, FormatPartNode } from "./ast.js";
import type { Span } from "./source.js";

/** A format taken apart: literal text, escapes resolved, and conversions, in order. */
export interface FormatString {
  readonly pieces: readonly FormatPiece[];
  readonly problems: readonly FormatProblem[];
}

export type FormatPiece = LiteralPiece | ConversionPiece;

/** Text that is printed as it stands; `%%` and escapes are resolved. */
export interface LiteralPiece {
  readonly kind: "literal";
  readonly span: Span;
  readonly text: string;
}

/** `%` flags width precision length specifier, as C's printf has them. */
export interface ConversionPiece {
  readonly kind: "conversion";
  readonly span: Span;
  /** The flags as written, any of `-+ #0'`. */
  readonly flags: string;
  /** A number, `*` for one taken from the arguments, or none. */
  readonly width: number | "*" | undefined;
  readonly precision: number | "*" | undefined;
  readonly length: LengthModifier;
  /** The conversion's letter, such as `d`, `x`, `s`. */
  readonly specifier: string;
}

/** How many arguments the width and the precision of a conversion take. */
export function countStars({ width, precision }: ConversionPiece): number {
  return (width === "*" ? 1 : 0) + (precision === "*" ? 1 : 0);
}

/** C's length modifiers, or the width that a PRI macro names instead. */
export type LengthModifier =
  | ""
  | "hh"
  | "h"
  | "l"
  | "ll"
  | "j"
  | "z"
  | "t"
  | "L"
  | "PRI8"
  | "PRI16"
  | "PRI32"
  | "PRI64"
  | "PRIPTR"
  | "PRIMAX";

/** What is wrong inside a format. */
export type FormatProblem =
  | { readonly code: "unknown-escape"; readonly span: Span; readonly values: { escape: string } }
  | { readonly code: "unknown-conversion"; readonly span: Span; readonly values: { text: string } }
  | { readonly code: "stray-macro"; readonly span: Span; readonly values: { macro: string } };

/** A run of joined text that stands in the source as it is, or is one escape or macro there. */
interface Segment {
  /** Where it begins in the joined text. */
  readonly at: number;
  readonly source: Span;
}

/** The parts of a format joined: escapes resolved, each macro one character from `MACROS` on. */
interface Joined {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly macros: readonly string[];
}

/** Private-use characters stand for macros, so that one pattern can match through them. */
const MACROS = 0xe000;

/**
 * A numeric escape is a byte, and several of them make a character: `\xc3\xa9` is `é`. Until all of
 * them are joined, a byte from 0x80 on is a lone surrogate, which no text of a file contains.
 */
const BYTES = 0xdc00;
const escapedBytes = /[\udc80-\udcff]+/gu;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

const conversionPattern =
  /%([-+ #0']*)(\*|[1-9][0-9]*)?(?:\.(\*|[0-9]*))?(?:(hh|h|ll|l|j|z|t|L)?([diouxXcspeEfFgGaAnm])|([\ue000-\uf8ff]))/y;
const strayMacroPattern = /[\ue000-\uf8ff]/g;

/** What each macro stands for, and what glibc's inttypes.h has for it on LP64: `lx` for PRIx64. */
const macros = new Map(
  [..."diouxX"].flatMap((specifier) =>
    (["8", "16", "32", "64", "PTR", "MAX"] as const).map((size) => {
      const text = `${["64", "PTR", "MAX"].includes(size) ? "l" : ""}${specifier}`;
      return [`PRI${specifier}${size}`, { specifier, length: `PRI${size}` as const, text }];
    }),
  ),
);

const simpleEscapes: Readonly<Record<string, string>> = {
  "\\": "\\",
  '"': '"',
  "'": "'",
  "?": "?",
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Takes a format apart. Never throws; what is no conversion is kept as literal text. */
export function parseFormatString(format: FormatNode): FormatString {
  const problems: FormatProblem[] = [];
  const joined = join(format.parts, problems);
  const { text } = joined;
  const pieces: FormatPiece[] = [];
  let literal = "";
  let literalStart = 0;
  const flush = (end: number) => {
    if (literal !== "") {
      const span = sourceSpan(joined, literalStart, end);
      const text = decodeEscaped(expandStray(literal, joined, span, problems));
      pieces.push({ kind: "literal", span, text });
    }
    literal = "";
  };

  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf("%", at);
    const stop = percent < 0 ? text.length : percent;
    if (literal === "") literalStart = at;
    literal += text.slice(at, stop);
    at = stop;
    if (percent < 0) break;
    if (text[percent + 1] === "%") {
      literal += "%";
      at = percent + 2;
      continue;
    }
    conversionPattern.lastIndex = percent;
    const match = conversionPattern.exec(text);
    if (match && (!match[6] || macroName(match[6], joined))) {
      flush(percent);
      at = conversionPattern.lastIndex;
      pieces.push(conversion(match, joined, sourceSpan(joined, percent, at)));
    } else {
      const span = sourceSpan(joined, percent, Math.min(percent + 2, text.length));
      problems.push({
        code: "unknown-conversion",
        span,
        values: { text: spellEscaped(text.slice(percent, percent + 2)) },
      });
      literal += "%";
      at = percent + 1;
    }
  }
  flush(text.length);
  return { pieces, problems };
}

function conversion(match: RegExpExecArray, joined: Joined, span: Span): ConversionPiece {
  const macro = match[6] && macros.get(macroName(match[6], joined)!);
  return {
    kind: "conversion",
    span,
    flags: match[1]!,
    width: starOrNumber(match[2]),
    precision: starOrNumber(match[3]),
    length: macro ? macro.length : ((match[4] ?? "") as LengthModifier),
    specifier: macro ? macro.specifier : match[5]!,
  };
}

/** The macro that a private-use character stands for; none where the text itself has such a character. */
function macroName(character: string, { macros }: Joined): string | undefined {
  return macros[character.charCodeAt(0) - MACROS];
}

/** A precision of no digits is 0, as C has it; one that is absent is none. */
function starOrNumber(text: string | undefined): number | "*" | undefined {
  if (text === undefined || text === "*") return text;
  return Number(text);
}

/** Macros that no `%` stands before print as the text that they expand to; that is never meant. */
function expandStray(
  literal: string,
  joined: Joined,
  span: Span,
  problems: FormatProblem[],
): string {
  if (joined.macros.length === 0 || literal.search(strayMacroPattern) < 0) return literal;
  return literal.replace(strayMacroPattern, (character) => {
    const macro = macroName(character, joined);
    if (macro === undefined) return character;
    problems.push({ code: "stray-macro", span, values: { macro } });
    return macros.get(macro)!.text;
  });
}

/** Decodes the bytes of escapes as UTF-8; what is not UTF-8 becomes U+FFFD. */
function decodeEscaped(text: string): string {
  return text.replace(escapedBytes, (bytes) =>
    utf8.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0) - BYTES)),
  );
}

/** The bytes of escapes as escapes again, where one of them alone is to be shown. */
function spellEscaped(text: string): string {
  return text.replace(escapedBytes, (byte) => `\\x${(byte.charCodeAt(0) - BYTES).toString(16)}`);
}

function join(parts: readonly FormatPartNode[], problems: FormatProblem[]): Joined {
  const segments: Segment[] = [];
  const macros: string[] = [];
  let text = "";
  const add = (piece: string, start: number, end: number) => {
    segments.push({ at: text.length, source: { start, end } });
    text += piece;
  };
  for (const part of parts) {
    if (part.kind === "macro") {
      add(String.fromCharCode(MACROS + macros.length), part.span.start, part.span.end);
      macros.push(part.name);
      continue;
    }
    const { raw } = part;
    const base = part.span.start + 1;
    for (let at = 0; at < raw.length; ) {
      const backslash = raw.indexOf("\\", at);
      const stop = backslash < 0 ? raw.length : backslash;
      if (stop > at) add(raw.slice(at, stop), base + at, base + stop);
      at = stop;
      if (backslash < 0) break;
      const read = readEscape(raw, at);
      const source = { start: base + at, end: base + at + read.length };
      if (!read.known)
        problems.push({
          code: "unknown-escape",
          span: source,
          values: { escape: raw.slice(at, at + 2) },
        });
      add(read.text, source.start, source.end);
      at += read.length;
    }
  }
  return { text, segments, macros };
}

/** Where a stretch of the joined text stands in the source. */
function sourceSpan({ text, segments }: Joined, start: number, end: number): Span {
  const first = segments[segmentIndex(segments, start)]!;
  const index = segmentIndex(segments, end - 1);
  const last = segments[index]!;
  const toItsEnd = end === (segments[index + 1]?.at ?? text.length);
  return {
    start: first.source.start + start - first.at,
    end: toItsEnd ? last.source.end : last.source.start + end - last.at,
  };
}

/** The segment that holds a character of the joined text. */
function segmentIndex(segments: readonly Segment[], at: number): number {
  let low = 0;
  let high = segments.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.at <= at) low = middle;
    else high = middle;
  }
  return low;
}

function readEscape(raw: string, at: number): { text: string; length: number; known: boolean } {
  const numeric = /^\\(?:x([0-9a-fA-F]+)|([0-7]{1,3}))/.exec(raw.slice(at, at + 16));
  if (numeric) {
    const code = numeric[1] ? Number.parseInt(numeric[1], 16) : Number.parseInt(numeric[2]!, 8);
    const byte = code & 0xff;
    const text = String.fromCharCode(byte < 0x80 ? byte : BYTES + byte);
    return { text, length: numeric[0].length, known: true };
  }
  const letter = raw[at + 1] ?? "";
  const simple = simpleEscapes[letter];
  return { text: simple ?? letter, length: 1 + letter.length, known: simple !== undefined };
}
