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
  return wrappers[kind](value);
}

const wrappers: Readonly<Record<ArgumentKind, (value: ArgumentValue) => ArgumentValue>> = {
  string: (value) => (typeof value === "string" || value === null ? value : String(value)),
  bool: (value) => Boolean(value),
  pointer: (value) => BigInt.asUintN(64, toBigint(value)),
  u64: (value) => BigInt.asUintN(64, toBigint(value)),
  i64: (value) => BigInt.asIntN(64, toBigint(value)),
  i32: toInt32,
  u32: (value) => toInt32(value) >>> 0,
  i16: (value) => (toInt32(value) << 16) >> 16,
  u16: (value) => toInt32(value) & 0xffff,
  i8: (value) => (toInt32(value) << 24) >> 24,
  u8: (value) => toInt32(value) & 0xff,
};

/** The lowest 32 bits, signed. Code that TypeScript does not check may pass anything: 0 then. */
export function toInt32(value: ArgumentValue): number {
  if (typeof value === "number") return value | 0;
  if (typeof value === "bigint") return Number(BigInt.asIntN(32, value));
  return value === true ? 1 : 0;
}

function toBigint(value: ArgumentValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  return value === true ? 1n : 0n;
}
