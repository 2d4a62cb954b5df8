import type { FormatProblem } from "../../grammar/format-string.js";
import type { Span } from "../../grammar/source.js";
import type { SyntaxProblem } from "../../grammar/syntax-problem.js";
import { escapeCharacter, withoutControls } from "../without-controls.js";
import {
  error,
  type Message,
  plainError,
  plainWarning,
  type Severity,
  warning,
} from "./message.js";
import { ruleMessages } from "./rule-messages.js";

export type { Severity } from "./message.js";

const found = (text: string) => (text === "" ? "the end of the line" : `'${text}'`);

/** How to mend what stands behind an event, where that is clear. */
function mendTail(tail: string): string {
  if (tail.startsWith("#")) return "; a comment has a line of its own";
  if (tail.startsWith(",")) return "; an event has one format";
  if (/^PRI\w*/.test(tail)) {
    return "; a PRI macro is PRI, one of d i o u x X, and 8, 16, 32, 64, PTR or MAX";
  }
  return "";
}

/** How to mend what the language has no use for, where that is clear. */
function mendCharacter(found: string): string {
  if (found.startsWith("/")) return "; a comment is a line that begins with '#'";
  if (found.startsWith("...")) return "; an event's arguments are counted: declare each";
  if (found.startsWith(";")) return "; nothing ends an event but the end of its line";
  if (found.startsWith("'")) return "; a format stands between double quotes";
  if (found.startsWith("[") || found.startsWith("]")) {
    return "; an argument is no array: declare a pointer";
  }
  return "";
}

/** Every message there is: code → severity and words. A code that is not here does not compile. */
export const catalogue = {
  "unexpected-character": error<{ found: string }>(
    (v) =>
      `unexpected ${v.found.length > 1 ? "characters" : "character"} '${visible(v.found)}'` +
      mendCharacter(v.found),
  ),
  "unterminated-string": plainError(
    "the string has no closing '\"': expected one before the end of the line",
  ),
  "not-an-event": error<{ found: string }>(
    (v) =>
      `expected an event such as 'name(int count) "%d"', a comment or a blank line, found ${found(v.found)}`,
  ),
  expected: error<{ expected: string; found: string }>(
    (v) => `expected ${v.expected}, found ${found(v.found)}`,
  ),
  "text-behind-event": error<{ found: string }>(
    (v) =>
      `expected the end of the line behind the event, found ${found(v.found)}${mendTail(v.found)}`,
  ),
  "empty-argument": plainError(
    "empty argument; an event without arguments is declared with 'void'",
  ),
  "unnamed-argument": error<{ type: string }>(
    (v) => `the argument '${v.type}' has no name: expected a type, then a name`,
  ),
  "missing-final-newline": plainError(
    "the last line does not end in a newline; qtrace fmt puts one there",
  ),
  "byte-order-mark": plainError(
    "the file begins with a byte-order mark, which QEMU takes for a part of the first line; qtrace fmt takes it out",
  ),
  "invalid-utf-8": error<{ byte: number; count: number }>(
    (v) =>
      `the byte 0x${v.byte.toString(16)} is no UTF-8` +
      (v.count > 1 ? `, nor are ${v.count - 1} more on this line` : ""),
  ),
  "carriage-return": warning<{ count: number }>(
    (v) =>
      `${v.count === 1 ? "a line ends" : `${v.count} lines end`} in CR LF, where LF alone is expected; qtrace fmt mends it`,
  ),
  tab: plainWarning("a tab, where blanks are expected; qtrace fmt mends it outside of strings"),
  "control-character": error<{ found: string }>(
    (v) => `the control character '${visible(v.found.slice(0, 8))}' has no place in a text`,
  ),
  "long-line": warning<{ length: number; limit: number }>(
    (v) => `a line of ${v.length} characters: C compilers need not take more than ${v.limit}`,
  ),
  "unknown-escape": error<{ escape: string }>((v) => `C has no escape '${v.escape}'`),
  "unknown-conversion": error<{ text: string }>((v) => `'${v.text}' is no conversion of printf`),
  "stray-macro": error<{ macro: string }>(
    (v) => `no '%' stands before ${v.macro}: it prints as text`,
  ),
  ...ruleMessages,
} satisfies Record<string, Message<never>>;

/** The codes of all messages. */
export type DiagnosticCode = keyof typeof catalogue;

type Values<C extends DiagnosticCode> = Parameters<(typeof catalogue)[C]["text"]>[0];

/** A finding: a code, where, and the values that its message wants. */
export type Problem<C extends DiagnosticCode = DiagnosticCode> = C extends DiagnosticCode
  ? {
      readonly code: C;
      readonly span: Span;
      readonly values: Readonly<Values<C>>;
      /** How to mend it, where that is certain. */
      readonly fix?: Fix;
      /** Where the configuration has another than the catalogue. */
      readonly severity?: Severity;
    }
  : never;

/** A mend of a problem: this text instead of what stands in the span. */
export interface Fix {
  readonly span: Span;
  readonly replacement: string;
}

/** The grammar's problems are problems like all others: their codes and values are in the catalogue. */
export type GrammarProblem = Extract<Problem, SyntaxProblem | FormatProblem>;

/** How bad a problem is. */
export function severityOf({ code, severity }: Problem): Severity {
  return severity ?? catalogue[code].severity;
}

/** At most this much of a value is in a message. */
const LONGEST_VALUE = 200;

/** The problem in words, on one line, without its place. */
export function messageOf(problem: Problem): string {
  const text = catalogue[problem.code].text as (values: unknown) => string;
  const values = Object.entries(problem.values).map(([name, value]) => [
    name,
    typeof value === "string" && value.length > LONGEST_VALUE
      ? `${value.slice(0, LONGEST_VALUE)}…`
      : value,
  ]);
  return withoutControls(text(Object.fromEntries(values)));
}

/** All but ASCII as escapes. */
function visible(text: string): string {
  return text.replace(/[^ -~]/gu, escapeCharacter);
}
