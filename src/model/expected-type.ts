import type { ConversionPiece, LengthModifier } from "../../grammar/format-string.js";
import { bitsOfRank, type DataModel, type IntegerType, type Rank } from "./c-type.js";

/** What C's printf wants an argument to be, default promotions done. */
export type ExpectedType =
  | ExpectedInteger
  | ExpectedPointer
  | { readonly kind: "float"; readonly spelling: string }
  /** `%p`: any pointer. */
  | { readonly kind: "address"; readonly spelling: string }
  /** `%s`: a pointer to a character type of any sign. */
  | { readonly kind: "string"; readonly spelling: string };

export interface ExpectedInteger {
  readonly kind: "integer";
  readonly spelling: string;
  readonly rank: Rank;
  readonly bits: IntegerType["bits"];
  readonly signed: boolean;
}

/** `%ls` and `%n`: a pointer to exactly this signed type. */
export interface ExpectedPointer {
  readonly kind: "pointer";
  readonly spelling: string;
  readonly rank: Rank;
  /** printf writes through it: it must not point to something `const`. */
  readonly written: boolean;
}

type ByModel = readonly [lp64: Rank, ilp32: Rank];

/**
 * The integer type that each length modifier names (C17 7.21.6.1; the PRI macros are glibc's, on x86,
 * where those of 8 and 16 bits take a whole int). `L` before an integer conversion is glibc's `ll`.
 */
const integerByLength: Readonly<Record<LengthModifier, ByModel>> = {
  "": ["int", "int"],
  hh: ["char", "char"],
  h: ["short", "short"],
  l: ["long", "long"],
  ll: ["long long", "long long"],
  L: ["long long", "long long"],
  j: ["long", "long long"],
  z: ["long", "int"],
  t: ["long", "int"],
  PRI8: ["int", "int"],
  PRI16: ["int", "int"],
  PRI32: ["int", "int"],
  PRI64: ["long", "long long"],
  PRIPTR: ["long", "int"],
  PRIMAX: ["long", "long long"],
};

/** The names that C programs use for what some lengths want; others are C's own words. */
const spelledByLength: Readonly<Partial<Record<LengthModifier, readonly [string, string]>>> = {
  j: ["intmax_t", "uintmax_t"],
  z: ["ssize_t", "size_t"],
  t: ["ptrdiff_t", "unsigned ptrdiff_t"],
  PRI64: ["int64_t", "uint64_t"],
  PRIPTR: ["intptr_t", "uintptr_t"],
  PRIMAX: ["intmax_t", "uintmax_t"],
};

/** The C type that a length modifier names for an integer, before promotions. */
export function rankOfLength(length: LengthModifier, dataModel: DataModel): Rank {
  return integerByLength[length][dataModel === "LP64" ? 0 : 1];
}

/** What `*` wants. */
export const expectedInt: ExpectedInteger = {
  kind: "integer",
  spelling: "int",
  rank: "int",
  bits: 32,
  signed: true,
};

/** What a conversion takes from the arguments: a type, nothing (`%m`), or no type where its length modifier means nothing. */
export type Expectation = ExpectedType | "nothing" | "wrong-length";

const known = { LP64: new Map<string, Expectation>(), ILP32: new Map<string, Expectation>() };

/** What a conversion wants its argument to be. */
export function expectedBy(
  { specifier, length }: ConversionPiece,
  dataModel: DataModel,
): Expectation {
  const key = length + specifier;
  let expectation = known[dataModel].get(key);
  if (!expectation) {
    expectation = expect(specifier, length, dataModel);
    known[dataModel].set(key, expectation);
  }
  return expectation;
}

function expect(specifier: string, length: LengthModifier, dataModel: DataModel): Expectation {
  switch (specifier) {
    case "d":
    case "i":
      return integer(length, true, dataModel);
    case "o":
    case "u":
    case "x":
    case "X":
      return integer(length, false, dataModel);
    case "c":
      // wint_t is unsigned int.
      if (length === "l") return { ...expectedInt, spelling: "wint_t", signed: false };
      return length === "" ? expectedInt : "wrong-length";
    case "s":
      if (length === "") return { kind: "string", spelling: "char *" };
      if (length === "l") return wideString(dataModel);
      return "wrong-length";
    case "p":
      return length === "" ? { kind: "address", spelling: "void *" } : "wrong-length";
    case "n":
      return length === "L" ? "wrong-length" : counter(length, dataModel);
    case "m":
      return length === "" ? "nothing" : "wrong-length";
    default:
      return float(length);
  }
}

/** `hh` and `h` name types that C promotes to int, of either sign. */
function integer(length: LengthModifier, signed: boolean, dataModel: DataModel): ExpectedType {
  const rank = rankOfLength(length, dataModel);
  if (rank === "char" || rank === "short") return expectedInt;
  const plain = signed ? rank : `unsigned ${rank}`;
  const spelling = spelledByLength[length]?.[signed ? 0 : 1] ?? plain;
  return { kind: "integer", spelling, rank, bits: bitsOfRank(rank, dataModel), signed };
}

/** wchar_t is int on x86-64 and long on i386. */
function wideString(dataModel: DataModel): ExpectedType {
  const rank = dataModel === "LP64" ? "int" : "long";
  return { kind: "pointer", spelling: "wchar_t *", rank, written: false };
}

function counter(length: LengthModifier, dataModel: DataModel): ExpectedType {
  const rank = rankOfLength(length, dataModel);
  const spelling = `${spelledByLength[length]?.[0] ?? (rank === "char" ? "signed char" : rank)} *`;
  return { kind: "pointer", spelling, rank, written: true };
}

function float(length: LengthModifier): Expectation {
  if (length === "L") return { kind: "float", spelling: "long double" };
  return length === "" || length === "l" ? { kind: "float", spelling: "double" } : "wrong-length";
}
