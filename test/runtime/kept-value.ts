import type { ArgumentModel } from "../../src/model/event-model.js";
import type { ArgumentValue } from "../../src/runtime/trace-event.js";

/** What C makes of a value that is passed for an argument. */
export function cValueOf({ type }: ArgumentModel, value: ArgumentValue): ArgumentValue {
  if (type.kind === "string" || type.kind === "bool") return value;
  const integer = BigInt(value as bigint | number);
  if (type.kind !== "integer") return BigInt.asUintN(64, integer);
  const wrapped = (type.signed ? BigInt.asIntN : BigInt.asUintN)(type.bits, integer);
  return type.bits === 64 ? wrapped : Number(wrapped);
}

/** What simpletrace keeps of it: 512 bytes of a string, and no null. */
export function keptValue(argument: ArgumentModel, value: ArgumentValue): ArgumentValue {
  if (argument.type.kind !== "string") return cValueOf(argument, value);
  const bytes = new TextEncoder().encode(value === null ? "" : String(value));
  return new TextDecoder().decode(bytes.subarray(0, 512));
}
