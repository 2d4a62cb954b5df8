import type { FormatString, LiteralPiece } from "../../../grammar/format-string.js";
import type { Span } from "../../../grammar/source.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** Each bracket in a format is opened and closed. */
export const unbalancedBracket: FileRule<"unbalanced-bracket"> = {
  name: "unbalanced-bracket",
  summary: "Each bracket in a format has its other half.",
  why:
    "A bracket without its other half is a slip of the pen: readers, and scripts that take traces apart, " +
    "look for the end. Kinds may mix, since `[0, 4)` is how an interval without its end is written.",
  bad: 'host_signal(int host, int target) "signal %d (target %d("',
  good: 'host_signal(int host, int target) "signal %d (target %d)"',
  fixable: false,
  severity: always("warn"),
  *check({ events, parsed }) {
    for (const { event } of events) {
      if (!event.format || isBalanced(event.format.parsed)) continue;
      const lone = findLone(event.format.parsed);
      if (!lone) continue;
      const { bracket, closes, piece, at } = lone;
      const span = placeOf(parsed.source.text, piece, bracket, at);
      yield { code: "unbalanced-bracket", span, values: { bracket, closes } };
    }
  },
};

const noBrackets = /[^([{)\]}]+/g;
const pair = /[([{][)\]}]/g;

/** True if all brackets go in pairs, told by the fewest steps: so it is nearly always. */
function isBalanced({ pieces }: FormatString): boolean {
  let brackets = "";
  for (const piece of pieces) {
    if (piece.kind === "literal") brackets += piece.text.replace(noBrackets, "");
  }
  // Each step takes the innermost pairs out: nobody nests deeper than this.
  for (let step = 0; step < 3 && brackets !== ""; step++) brackets = brackets.replace(pair, "");
  return brackets === "";
}

interface Bracket {
  readonly bracket: string;
  readonly closes: boolean;
  readonly piece: LiteralPiece;
  readonly at: number;
}

/** The first bracket that is closed without being opened, else the last that is never closed. */
function findLone({ pieces }: FormatString): Bracket | undefined {
  const open: Bracket[] = [];
  for (const piece of pieces) {
    if (piece.kind !== "literal") continue;
    for (const match of piece.text.matchAll(/([([{])|[)\]}]/g)) {
      const bracket = { bracket: match[0], closes: !match[1], piece, at: match.index };
      if (match[1]) open.push(bracket);
      else if (!open.pop()) return bracket;
    }
  }
  return open.at(-1);
}

/** Where a character of a literal stands; the whole literal if escapes or parts come between. */
function placeOf(text: string, { span }: LiteralPiece, character: string, at: number): Span {
  const start = span.start + at;
  return text[start] === character ? { start, end: start + 1 } : span;
}
