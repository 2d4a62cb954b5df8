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
}

export interface BoolType {
  readonly kind: "bool";
  readonly spelling: string;
}

/** `char *`, `const char *`: exactly one star. */
export interface StringType {
  readonly kind: "string";
  readonly spelling: string;
}

/** Any other pointer: an address. */
export interface PointerType {
  readonly kind: "pointer";
  readonly spelling: string;
  readonly bits: 32 | 64;
}

/** A type that trace-events files may not use, such as a struct or a typedef. */
export interface UnknownType {
  readonly kind: "unknown";
  readonly spelling: string;
}

type Widths = readonly [lp64: IntegerType["bits"], ilp32: IntegerType["bits"], signed: boolean];

/** The fixed-width types and typedefs that are allowed (QEMU scripts/tracetool/__init__.py). */
const namedTypes: Readonly<Record<string, Widths>> = {
  int8_t: [8, 8, true],
  uint8_t: [8, 8, false],
  int16_t: [16, 16, true],
  uint16_t: [16, 16, false],
  int32_t: [32, 32, true],
  uint32_t: [32, 32, false],
  int64_t: [64, 64, true],
  uint64_t: [64, 64, false],
  size_t: [64, 32, false],
  ssize_t: [64, 32, true],
  uintptr_t: [64, 32, false],
  ptrdiff_t: [64, 32, true],
};

/** The words of C's own integer types, sorted: what they mean together. */
const basicTypes: Readonly<Record<string, Widths>> = {
  char: [8, 8, true],
  "char signed": [8, 8, true],
  "char unsigned": [8, 8, false],
  short: [16, 16, true],
  int: [32, 32, true],
  long: [64, 32, true],
  "long long": [64, 64, true],
};

const allowedWords = new Set([
  ...Object.keys(namedTypes),
  ..."int long short char bool unsigned signed void".split(" "),
]);

const cache = new Map<string, CType>();

/** What a spelled type means. Words that are not allowed give an `unknown` type. */
export function resolveType(node: TypeNode, dataModel: DataModel = "LP64"): CType {
  const spelling = printType(node);
  const key = `${dataModel} ${spelling}`;
  let type = cache.get(key);
  if (!type) {
    type = resolve(node, spelling, dataModel);
    cache.set(key, type);
  }
  return type;
}

function resolve(node: TypeNode, spelling: string, dataModel: DataModel): CType {
  const words = node.words.map((word) => word.text).filter((word) => word !== "const");
  if (!words.every((word) => allowedWords.has(word))) return { kind: "unknown", spelling };
  if (node.pointers === 1 && words.join(" ") === "char") return { kind: "string", spelling };
  if (node.pointers > 0) return { kind: "pointer", spelling, bits: dataModel === "LP64" ? 64 : 32 };
  if (words.length === 1 && words[0] === "bool") return { kind: "bool", spelling };
  const widths = integerWidths(words);
  if (!widths) return { kind: "unknown", spelling };
  const [lp64, ilp32, signed] = widths;
  return { kind: "integer", spelling, bits: dataModel === "LP64" ? lp64 : ilp32, signed };
}

function integerWidths(words: readonly string[]): Widths | undefined {
  const named = words.length === 1 ? namedTypes[words[0]!] : undefined;
  if (named) return named;
  const sorted = [...words].sort();
  const exact = basicTypes[sorted.join(" ")];
  if (exact) return exact;
  const unsigned = sorted.includes("unsigned");
  if (unsigned && sorted.includes("signed")) return undefined;
  const size = sorted.filter((word) => word !== "signed" && word !== "unsigned" && word !== "int");
  if (sorted.length - size.length > 2 || sorted.indexOf("int") !== sorted.lastIndexOf("int")) {
    return undefined;
  }
  const base = basicTypes[size.join(" ") || "int"];
  if (!base || size.includes("char")) return undefined;
  return [base[0], base[1], !unsigned];
}
