import type { FormatProblem } from "../../grammar/format-string.js";
import type { Span } from "../../grammar/source.js";
import type { SyntaxProblem } from "../../grammar/syntax-problem.js";

/** How bad a finding is: an `error` makes the exit code 1. */
export type Severity = "error" | "warning";

interface Message<V> {
  readonly severity: Severity;
  readonly text: (values: V) => string;
}

type Nothing = Readonly<Record<never, never>>;

/** A message that is always the same. */
function plainError(text: string): Message<Nothing> {
  return { severity: "error", text: () => text };
}

function error<V>(text: (values: V) => string): Message<V> {
  return { severity: "error", text };
}

function warning<V>(text: (values: V) => string): Message<V> {
  return { severity: "warning", text };
}

const found = (text: string) => (text === "" ? "the end of the line" : `'${text}'`);

/** Every message there is: code → severity and words. A code that is not here does not compile. */
export const catalogue = {
  "unexpected-character": error<{ found: string }>(
    (v) => `unexpected ${v.found.length > 1 ? "characters" : "character"} '${printable(v.found)}'`,
  ),
  "unterminated-string": plainError("the string has no closing '\"'"),
  "not-an-event": error<{ found: string }>(
    (v) => `expected an event, a comment or a blank line, found ${found(v.found)}`,
  ),
  expected: error<{ expected: string; found: string }>(
    (v) => `expected ${v.expected}, found ${found(v.found)}`,
  ),
  "text-behind-event": error<{ found: string }>(
    (v) => `expected the end of the line behind the event, found ${found(v.found)}`,
  ),
  "empty-argument": plainError(
    "empty argument; an event without arguments is declared with 'void'",
  ),
  "unnamed-argument": error<{ type: string }>((v) => `the argument '${v.type}' has no name`),
  "missing-final-newline": plainError("the last line does not end in a newline"),
  "unknown-escape": error<{ escape: string }>((v) => `C has no escape '${v.escape}'`),
  "unknown-conversion": error<{ text: string }>((v) => `'${v.text}' is no conversion of printf`),
  "stray-macro": warning<{ macro: string }>(
    (v) => `no '%' stands before ${v.macro}: it prints as text`,
  ),
  "allowed-types": error<{ type: string }>(
    (v) =>
      `the type '${v.type}' is not allowed: only C's integer types, bool and the fixed-width ones; ` +
      "declare pointers to anything else as 'void *'",
  ),
  "known-properties": error<{ property: string; hint: string }>(
    (v) => `unknown property '${v.property}'${v.hint}`,
  ),
  "argument-limit": error<{ count: number }>(
    (v) => `${v.count} arguments; an event may have 10 at most`,
  ),
  "no-newline-in-format": plainError("a format must not contain a newline"),
  "no-errno-conversion": plainError("'%m' is forbidden: pass the error as an argument"),
  "single-format": plainError(
    "a second format belongs to the property 'tcg', which QEMU no longer reads",
  ),
  "unique-names": error<{ name: string; line: number }>(
    (v) => `the event '${v.name}' is already declared on line ${v.line}`,
  ),
  "format-matches-arguments": error<{ conversions: number; arguments: number }>(
    (v) =>
      `the format takes ${plural(v.conversions, "argument")}, the event declares ${v.arguments || "none"}`,
  ),
} satisfies Record<string, Message<never>>;

/** The codes of all messages. */
export type DiagnosticCode = keyof typeof catalogue;

type Values<C extends DiagnosticCode> = Parameters<(typeof catalogue)[C]["text"]>[0];

/** A finding: a code, where, and the values that its message wants. */
export type Problem<C extends DiagnosticCode = DiagnosticCode> = C extends DiagnosticCode
  ? { readonly code: C; readonly span: Span; readonly values: Readonly<Values<C>> }
  : never;

/** The grammar's problems are problems like all others: their codes and values are in the catalogue. */
export type GrammarProblem = Extract<Problem, SyntaxProblem | FormatProblem>;

/** How bad a problem is. */
export function severityOf({ code }: Problem): Severity {
  return catalogue[code].severity;
}

/** The problem in words, without its place. */
export function messageOf(problem: Problem): string {
  const text = catalogue[problem.code].text as (values: unknown) => string;
  return text(problem.values);
}

function plural(count: number, word: string): string {
  return count === 1 ? `one ${word}` : `${count || "no"} ${word}s`;
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}
