import type { ArgumentKind, ArgumentValue, EventDefinition } from "./trace-event.js";

/**
 * A record's values as C has them in the declared types: integers wrap to their bits (a fraction is
 * cut off first), 64-bit ones and pointers are bigint, `bool` is a boolean. Never throws.
 */
export function wrapValues(
  event: EventDefinition,
  values: readonly ArgumentValue[],
): ArgumentValue[] {
  return event.arguments.map(([, kind], index) => wrapValue(kind, values[index] ?? null));
}

/** One value, as `wrapValues` has it. */
export function wrapValue(kind: ArgumentKind, value: ArgumentValue): ArgumentValue {
  switch (kind) {
    case "string":
      return typeof value === "string" || value === null ? value : String(value);
    case "bool":
      return Boolean(value);
    case "pointer":
    case "u64":
      return BigInt.asUintN(64, toBigint(value));
    case "i64":
      return BigInt.asIntN(64, toBigint(value));
    default:
      return wrapNumber(kind, value);
  }
}

/** The kinds that a number holds. */
export type NumberKind = Exclude<ArgumentKind, "string" | "bool" | "pointer" | "u64" | "i64">;

/** The value of an integer of up to 32 bits. Code that TypeScript does not check may pass anything. */
export function wrapNumber(kind: NumberKind, value: ArgumentValue): number {
  const low = toInt32(value);
  switch (kind) {
    case "i32":
      return low;
    case "u32":
      return low >>> 0;
    case "u8":
      return low & 0xff;
    case "u16":
      return low & 0xffff;
    case "i8":
      return (low << 24) >> 24;
    case "i16":
      return (low << 16) >> 16;
  }
}

/** The lowest 32 bits, signed; 0 of what is no number. */
function toInt32(value: ArgumentValue): number {
  if (typeof value === "number") return value | 0;
  if (typeof value === "bigint") return Number(BigInt.asIntN(32, value));
  return value === true ? 1 : 0;
}

function toBigint(value: ArgumentValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  return value === true ? 1n : 0n;
}
