import type { ConversionPiece } from "../../grammar/format-string.js";

/** What can stand between `%` and the conversion's letter, length modifiers aside. */
export type FormatOption = "-" | "+" | " " | "#" | "0" | "'" | "width" | "precision";

/** What is wrong with the flags, the width or the precision of a conversion. */
export type FlagFinding =
  | { readonly kind: "repeated-flag"; readonly piece: ConversionPiece; readonly flag: FormatOption }
  /** The conversion has no use for it. */
  | { readonly kind: "useless-flag"; readonly piece: ConversionPiece; readonly flag: FormatOption }
  /** C ignores `flag` where `by` is given too. */
  | {
      readonly kind: "ignored-flag";
      readonly piece: ConversionPiece;
      readonly flag: FormatOption;
      readonly by: FormatOption;
    };

const everything: readonly FormatOption[] = ["-", "+", " ", "#", "0", "'", "width", "precision"];
const all = (but: string) => everything.filter((option) => !but.includes(option));

const signed = all("#");
const unsigned = all("#+ ");
const based = all("+ '");
const text = ["-", "width", "precision"] as const;

/** What each conversion has a use for (C17 7.21.6.1 and, for `'`, POSIX). */
const useful: Readonly<Record<string, readonly FormatOption[]>> = {
  d: signed,
  i: signed,
  u: unsigned,
  o: based,
  x: based,
  X: based,
  f: everything,
  F: everything,
  g: everything,
  G: everything,
  e: all("'"),
  E: all("'"),
  a: all("'"),
  A: all("'"),
  c: ["-", "width"],
  s: text,
  p: ["-", "width"],
  n: [],
  m: text,
};

const integers = "diouxX";

const none: readonly FlagFinding[] = [];

/** The flags, width and precision that are given twice, mean nothing, or cancel each other. */
export function checkFlags(piece: ConversionPiece): readonly FlagFinding[] {
  if (piece.flags === "" && piece.width === undefined && piece.precision === undefined) return none;
  const findings: FlagFinding[] = [];
  const given = new Set<FormatOption>();
  for (const flag of piece.flags as Iterable<FormatOption>) {
    if (given.has(flag)) findings.push({ kind: "repeated-flag", piece, flag });
    given.add(flag);
  }
  if (piece.width !== undefined) given.add("width");
  if (piece.precision !== undefined) given.add("precision");
  for (const flag of given) {
    if (useful[piece.specifier]?.includes(flag)) continue;
    findings.push({ kind: "useless-flag", piece, flag });
    given.delete(flag);
  }
  const ignored = (flag: FormatOption, by: FormatOption) => {
    if (given.has(flag) && given.has(by)) findings.push({ kind: "ignored-flag", piece, flag, by });
  };
  ignored(" ", "+");
  ignored("0", "-");
  if (integers.includes(piece.specifier)) ignored("0", "precision");
  return findings;
}
