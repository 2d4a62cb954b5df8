import type { CType, PointerType, StringType } from "./c-type.js";
import type { ExpectedInteger, ExpectedPointer, ExpectedType } from "./expected-type.js";

/**
 * How an argument's type misses the type that a conversion wants:
 * - `signedness`: the same type but for its sign;
 * - `wider`, `narrower`: the conversion prints more bits, or fewer, than the argument has;
 * - `rank`: as many bits here, but another type of C, as `long` and `long long`: elsewhere it breaks;
 * - `kind`: a number for a pointer, a pointer for a number, anything for a float;
 * - `target`: a pointer to something else than is wanted, or to something `const` that `%n` writes.
 */
export type TypeDifference = "signedness" | "wider" | "narrower" | "rank" | "kind" | "target";

/** How a type misses what is wanted, as C's compilers see it; undefined if it does not. */
export function compareTypes(found: CType, expected: ExpectedType): TypeDifference | undefined {
  if (found.kind === "unknown") return undefined;
  const pointer = found.kind === "pointer" || found.kind === "string";
  switch (expected.kind) {
    case "float":
      return "kind";
    case "integer":
      return pointer ? "kind" : compareIntegers(found, expected);
    case "address":
      return pointer ? undefined : "kind";
    case "string":
      if (!pointer) return "kind";
      return found.kind === "string" || isCharacter(found) ? undefined : "target";
    case "pointer":
      if (!pointer) return "kind";
      return pointsTo(found, expected) ? undefined : "target";
  }
}

type Scalar = Exclude<CType, { kind: "unknown" | "string" | "pointer" }>;

/** C passes what is smaller than int as int, which holds every value of the unsigned ones too. */
function compareIntegers(found: Scalar, expected: ExpectedInteger): TypeDifference | undefined {
  const whole = found.kind === "integer" && found.rank !== "char" && found.rank !== "short";
  const rank = whole ? found.rank : "int";
  const bits = whole ? found.bits : 32;
  if (rank !== expected.rank) {
    if (bits === expected.bits) return "rank";
    return bits < expected.bits ? "wider" : "narrower";
  }
  const wasSigned = found.kind === "bool" || found.signed;
  if (whole) return wasSigned === expected.signed ? undefined : "signedness";
  return expected.signed || !wasSigned ? undefined : "signedness";
}

/** `char`, `signed char` and `unsigned char` are one to `%s`. */
function isCharacter({ target }: PointerType): boolean {
  return target.kind === "integer" && target.rank === "char";
}

function pointsTo(found: StringType | PointerType, { rank, written }: ExpectedPointer): boolean {
  if (found.kind === "string") return false;
  const { target } = found;
  if (written && found.constTarget) return false;
  return target.kind === "integer" && target.signed && target.rank === rank;
}
