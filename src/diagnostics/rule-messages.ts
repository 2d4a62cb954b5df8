import { error, type Message, plainError, plainWarning, plural, warning } from "./message.js";

/** An argument and the conversion that prints it. */
export interface Bound {
  readonly argument: string;
  readonly type: string;
  readonly conversion: string;
}

export interface Event {
  readonly name: string;
}

const bits = (count: number) => `${count} bits`;

/** What the linter's rules say; the code of a message is the name of its rule. */
export const ruleMessages = {
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
  "generator-layout": error<{ what: string }>((v) => v.what),
  "no-newline-in-format": plainError("a format must not contain '\\n'"),
  "no-errno-conversion": plainError("'%m' is forbidden: pass the error as an argument"),
  "single-format": plainError(
    "a second format belongs to the property 'tcg', which QEMU no longer reads",
  ),
  "unique-names": error<{ name: string; line: number }>(
    (v) => `the event '${v.name}' is already declared on line ${v.line}`,
  ),
  "unique-arguments": error<{ name: string }>(
    (v) => `another argument is already called '${v.name}'`,
  ),
  "format-matches-arguments": error<{ conversions: number; arguments: number }>(
    (v) =>
      `the format takes ${plural(v.conversions, "argument")}, the event declares ${v.arguments || "none"}`,
  ),
  "format-types": error<Bound & { expected: string }>(
    (v) => `'${v.conversion}' wants '${v.expected}', but '${v.argument}' is '${v.type}'`,
  ),
  "format-flags": error<{ conversion: string; what: string; why: string }>(
    (v) => `${v.what} in '${v.conversion}' ${v.why}`,
  ),
  "no-nul-in-format": plainError(
    "a NUL ends the format here: nothing behind it is printed, and no argument read",
  ),
  "portable-types": error<Bound & { expected: string; found: string }>(
    (v) =>
      `'${v.conversion}' wants '${v.expected}', but '${v.argument}' is '${v.type}': ` +
      `the same where long has 64 bits, not where it has 32`,
  ),
  "narrow-conversion": error<Bound & { bits: number; argumentBits: number }>(
    (v) =>
      `'${v.conversion}' is for ${bits(v.bits)}, but '${v.argument}' is '${v.type}', of ${bits(v.argumentBits)}`,
  ),
  "wide-conversion": warning<Bound & { bits: number; argumentBits: number }>(
    (v) =>
      `'${v.conversion}' is for ${bits(v.bits)}, but '${v.argument}' is '${v.type}', of ${bits(v.argumentBits)} only`,
  ),
  "stray-letter": error<{ conversion: string; letters: string }>(
    (v) =>
      `'${v.letters}' behind '${v.conversion}' is printed as text: the conversion ends before it`,
  ),
  "decimal-after-0x": error<{ conversion: string }>(
    (v) => `'${v.conversion}' prints a decimal number behind '0x'`,
  ),
  "pointer-after-0x": plainError("'%p' prints '0x' itself: this shows '0x0x…'"),
  "unbalanced-bracket": warning<{ bracket: string; closes: boolean }>(
    (v) => `this '${v.bracket}' is never ${v.closes ? "opened" : "closed"}`,
  ),
  "missing-blank": warning<{ conversion: string; word: string }>(
    (v) => `no blank between '${v.conversion}' and '${v.word}'`,
  ),
  "no-alternate-form": warning<{ conversion: string }>(
    (v) => `write '0x' before the conversion instead of the flag '#' in '${v.conversion}'`,
  ),
  "hex-prefix": warning<{ conversion: string }>(
    (v) => `nothing tells that '${v.conversion}' prints hexadecimal: write '0x' before it`,
  ),
  "hex-group-prefix": warning<{ conversion: string }>(
    (v) => `'${v.conversion}' prints a group of hexadecimal digits without '0x'`,
  ),
  "unsigned-as-signed": warning<Bound>(
    (v) => `'${v.conversion}' is for signed numbers, but '${v.argument}' is '${v.type}'`,
  ),
  "signed-as-unsigned": warning<Bound>(
    (v) => `'${v.conversion}' is for unsigned numbers, but '${v.argument}' is '${v.type}'`,
  ),
  "signed-as-hex": warning<Bound>(
    (v) => `'${v.conversion}' hides the sign: '${v.argument}' is '${v.type}'`,
  ),
  "missing-format": warning<Event>((v) => `the event '${v.name}' has no format`),
  "leading-blank": plainWarning("the format begins with a blank"),
  "trailing-blank": plainWarning("the format ends with a blank"),
  "trailing-punctuation": warning<{ text: string }>((v) => `the format ends with '${v.text}'`),
  "unique-across-files": warning<{ name: string; file: string; line: number }>(
    (v) => `the event '${v.name}' is also declared in ${v.file}:${v.line}`,
  ),
  "swapped-labels": warning<{ labels: string; arguments: string }>(
    (v) => `the format's labels are ${v.labels}, the arguments behind them ${v.arguments}`,
  ),
  "unused-ignore": warning<{ rule: string; known: boolean }>((v) =>
    v.known
      ? `nothing to ignore: '${v.rule}' finds nothing on the line below`
      : `there is no rule '${v.rule}' to ignore`,
  ),
  "never-called": warning<Event>((v) => `no source calls 'trace_${v.name}'`),
  "wrong-heading": warning<Event & { heading: string; callers: string }>(
    (v) => `'${v.heading}' does not call 'trace_${v.name}'; ${v.callers}`,
  ),
  "missing-heading-file": warning<{ heading: string; hint: string }>(
    (v) => `there is no file '${v.heading}'${v.hint}`,
  ),
  "undeclared-call": error<Event & { hint: string }>(
    (v) => `no trace-events file declares '${v.name}'${v.hint}`,
  ),
  "call-argument-count": error<Event & { given: number; declared: number; place: string }>(
    (v) =>
      `'trace_${v.name}' is called with ${plural(v.given, "argument")}, ${v.place} declares ${v.declared || "none"}`,
  ),
  "swapped-arguments": warning<Event & { given: string; declared: string; place: string }>(
    (v) => `'trace_${v.name}' is called with ${v.given}, but ${v.place} declares ${v.declared}`,
  ),
} satisfies Record<string, Message<never>>;
