import type { TypeNode } from "../../grammar/ast.js";
import { printType } from "../../grammar/print.js";

/** Widths of C's types: 64-bit Linux, or 32-bit. */
export type DataModel = "LP64" | "ILP32";

/** A C type of an argument. `spelling` is canonical: one blank between words, `*` behind a blank. */
export type CType = IntegerType | BoolType | StringType | PointerType | UnknownType;

export interface IntegerType {
  readonly kind: "integer";
  readonly spelling: string;
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
  /** C's own type behind the spelling: to a compiler `long` and `int` differ where both have 32 bits. */
  readonly rank: Rank;
}

/** C's integer types by size, without their signs. */
export type Rank = "char" | "short" | "int" | "long" | "long long";

export interface BoolType {
  readonly kind: "bool";
  readonly spelling: string;
}

/**
 * `char *`, `const char *`: exactly one star. QEMU knows strings by these two spellings and records
 * `char const *` as an address (QEMU scripts/tracetool/backend/simple.py).
 */
export interface StringType {
  readonly kind: "string";
  readonly spelling: string;
}

/** Any other pointer: an address. */
export interface PointerType {
  readonly kind: "pointer";
  readonly spelling: string;
  readonly bits: 32 | 64;
  readonly target: PointerTarget;
  /** What it points to is `const`. */
  readonly constTarget: boolean;
}

/** What a pointer points to. */
export type PointerTarget = VoidType | Exclude<CType, UnknownType>;

/** What `void *` points to. */
export interface VoidType {
  readonly kind: "void";
  readonly spelling: string;
}

/** A type that trace-events files may not use, such as a struct or a typedef. */
export interface UnknownType {
  readonly kind: "unknown";
  readonly spelling: string;
}

/** The rank of a typedef in 64-bit and 32-bit Linux on x86, and its sign. */
type Meaning = readonly [lp64: Rank, ilp32: Rank, signed: boolean];

/** The fixed-width types and typedefs that are allowed (QEMU scripts/tracetool/__init__.py). */
const namedTypes: Readonly<Record<string, Meaning>> = {
  int8_t: ["char", "char", true],
  uint8_t: ["char", "char", false],
  int16_t: ["short", "short", true],
  uint16_t: ["short", "short", false],
  int32_t: ["int", "int", true],
  uint32_t: ["int", "int", false],
  int64_t: ["long", "long long", true],
  uint64_t: ["long", "long long", false],
  size_t: ["long", "int", false],
  ssize_t: ["long", "int", true],
  uintptr_t: ["long", "int", false],
  ptrdiff_t: ["long", "int", true],
};

/** C's size words, sorted, and the rank that they name together. */
const rankOfWords: Readonly<Record<string, Rank>> = {
  "": "int",
  char: "char",
  short: "short",
  long: "long",
  "long long": "long long",
};

/** How many bits a type of a rank has. */
export function bitsOfRank(rank: Rank, dataModel: DataModel): IntegerType["bits"] {
  if (rank === "long") return dataModel === "LP64" ? 64 : 32;
  return { char: 8, short: 16, int: 32, "long long": 64 }[rank] as IntegerType["bits"];
}

const allowedWords = new Set([
  ...Object.keys(namedTypes),
  ..."int long short char bool unsigned signed void".split(" "),
]);

const resolved = new Map<string, Readonly<Record<DataModel, CType>>>();

/** What a spelled type means. Words that are not allowed give an `unknown` type. */
export function resolveType(node: TypeNode, dataModel: DataModel = "LP64"): CType {
  const spelling = printType(node);
  let types = resolved.get(spelling);
  if (!types) {
    types = { LP64: resolve(node, spelling, "LP64"), ILP32: resolve(node, spelling, "ILP32") };
    resolved.set(spelling, types);
  }
  return types[dataModel];
}

/** A type that was resolved, in another data model. */
export function typeIn(dataModel: DataModel, type: CType): CType {
  return resolved.get(type.spelling)?.[dataModel] ?? type;
}

function resolve(node: TypeNode, spelling: string, dataModel: DataModel): CType {
  const all = node.words.map((word) => word.text);
  const words = all.filter((word) => word !== "const");
  if (!words.every((word) => allowedWords.has(word))) return { kind: "unknown", spelling };
  const type = pointerTo(words, node.pointers, spelling, dataModel);
  if (type.kind !== "pointer" || node.pointers > 1) return type;
  return { ...type, constTarget: all.length > words.length };
}

/** The type of allowed words with so many stars. */
function pointerTo(
  words: readonly string[],
  pointers: number,
  spelling: string,
  dataModel: DataModel,
): CType {
  if (pointers === 0) return resolveScalar(words, spelling, dataModel);
  if (spelling === "char *" || spelling === "const char *") return { kind: "string", spelling };
  const target = targetOf(words, pointers, dataModel);
  if (target.kind === "unknown") return { kind: "unknown", spelling };
  return {
    kind: "pointer",
    spelling,
    bits: dataModel === "LP64" ? 64 : 32,
    target,
    constTarget: false,
  };
}

/** What a pointer of so many stars points to. */
function targetOf(
  words: readonly string[],
  pointers: number,
  dataModel: DataModel,
): PointerTarget | UnknownType {
  const base = words.join(" ");
  if (pointers === 1 && base === "void") return { kind: "void", spelling: "void" };
  const stars = "*".repeat(pointers - 1);
  return pointerTo(words, pointers - 1, stars ? `${base} ${stars}` : base, dataModel);
}

function resolveScalar(words: readonly string[], spelling: string, dataModel: DataModel): CType {
  if (words.length === 1 && words[0] === "bool") return { kind: "bool", spelling };
  const meaning = integerMeaning(words);
  if (!meaning) return { kind: "unknown", spelling };
  const [lp64, ilp32, signed] = meaning;
  const rank = dataModel === "LP64" ? lp64 : ilp32;
  return { kind: "integer", spelling, bits: bitsOfRank(rank, dataModel), signed, rank };
}

/** The words of C's own integer types may stand in any order: `long unsigned int` too. */
function integerMeaning(words: readonly string[]): Meaning | undefined {
  const named = words.length === 1 ? namedTypes[words[0]!] : undefined;
  if (named) return named;
  const count = (word: string) => words.filter((other) => other === word).length;
  const [ints, signs] = [count("int"), count("signed") + count("unsigned")];
  const size = words.filter((word) => !["int", "signed", "unsigned"].includes(word)).sort();
  const rank = rankOfWords[size.join(" ")];
  if (!rank || words.length === 0 || ints > 1 || signs > 1) return undefined;
  if (rank === "char" && ints > 0) return undefined;
  return [rank, rank, count("unsigned") === 0];
}
