import {
  type ConversionPiece,
  countStars,
  type FormatString,
  type LiteralPiece,
} from "../../grammar/format-string.js";
import type { CType, DataModel } from "./c-type.js";
import { checkFlags, type FlagFinding } from "./check-flags.js";
import { type ExpectedType, expectedBy, expectedInt } from "./expected-type.js";
import { compareTypes, type TypeDifference } from "./type-difference.js";

/** What an argument is to its conversion: the value, or the number that a `*` asks for. */
export type ArgumentRole = "value" | "width" | "precision";

/** What is wrong between a format and the arguments that are declared for it. */
export type FormatFinding = ArgumentFinding | FlagFinding;

export type ArgumentFinding =
  /** No argument is left for this conversion, or for its `*`; one finding for each that lacks. */
  | {
      readonly kind: "too-few-arguments";
      readonly piece: ConversionPiece;
      readonly role: ArgumentRole;
      readonly expected: ExpectedType;
    }
  /** No conversion takes the argument at index `first`, nor those behind it. */
  | { readonly kind: "too-many-arguments"; readonly first: number }
  /** The argument at index `argument` is of another type than the conversion wants. */
  | {
      readonly kind: "wrong-type";
      readonly piece: ConversionPiece;
      readonly role: ArgumentRole;
      readonly argument: number;
      readonly found: CType;
      readonly expected: ExpectedType;
      readonly difference: TypeDifference;
    }
  /** The length modifier means nothing before this letter; the argument is not looked at. */
  | { readonly kind: "wrong-length"; readonly piece: ConversionPiece }
  /** A NUL ends the format: what stands behind it is not printed, nor checked. */
  | { readonly kind: "embedded-nul"; readonly piece: LiteralPiece };

/**
 * What a C compiler would say of a format and the types of its arguments, in the format's order.
 *
 *     checkFormat(event.arguments.map(({ type }) => type), event.format.parsed, dataModel)
 *
 * The types are to be of the same data model, as `buildModel` resolves them. It agrees with gcc on
 * Linux for x86, 64-bit for LP64 and `-m32` for ILP32: the same findings for the same arguments, as
 * `-Wformat` and `-Wformat -Wformat-signedness` tell them together. (With the latter, gcc 12 lets
 * `%lu` take an unsigned argument smaller than int, which the former does not.)
 *
 * That holds for every format in which `parseFormatString` finds no unknown conversion. Behind an
 * unknown one nobody can say which argument is whose: only what stands before it is checked, and
 * the format has a problem of its own. Types that trace-events files may not use are passed over.
 *
 * Signedness is a `wrong-type` too; its `difference` is `"signedness"`, for those who see style in it.
 */
export function checkFormat(
  types: readonly CType[],
  format: FormatString,
  dataModel: DataModel = "LP64",
): FormatFinding[] {
  const findings: FormatFinding[] = [];
  const unknown = format.problems.find(({ code }) => code === "unknown-conversion");
  const end = unknown?.span.start ?? Number.POSITIVE_INFINITY;
  let next = 0;
  const take = (piece: ConversionPiece, role: ArgumentRole, expected: ExpectedType) => {
    const argument = next++;
    const found = types[argument];
    if (!found) {
      findings.push({ kind: "too-few-arguments", piece, role, expected });
      return;
    }
    const difference = compareTypes(found, expected);
    if (!difference) return;
    findings.push({ kind: "wrong-type", piece, role, argument, found, expected, difference });
  };

  for (const piece of format.pieces) {
    if (piece.span.start >= end) break;
    if (piece.kind === "literal") {
      if (!piece.text.includes("\0")) continue;
      findings.push({ kind: "embedded-nul", piece });
      break;
    }
    for (const finding of checkFlags(piece)) findings.push(finding);
    const expected = expectedBy(piece, dataModel);
    if (expected === "wrong-length") {
      findings.push({ kind: "wrong-length", piece });
      next += 1 + countStars(piece);
      continue;
    }
    if (piece.width === "*") take(piece, "width", expectedInt);
    if (piece.precision === "*") take(piece, "precision", expectedInt);
    if (expected !== "nothing") take(piece, "value", expected);
  }
  if (next < types.length && !unknown) findings.push({ kind: "too-many-arguments", first: next });
  return findings;
}
