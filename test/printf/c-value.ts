import type { ArgumentModel } from "../../src/model/event-model.js";
import type { PrintfValue } from "../../src/printf/piece.js";

/** C's source of a value of an argument's type. */
export function cValue({ type }: ArgumentModel, value: PrintfValue): string {
  if (type.kind === "string") return value === null ? "(char *)0" : cString(String(value));
  if (type.kind === "bool") return `(bool)${Number(value)}`;
  const bits = type.kind === "pointer" || type.kind === "integer" ? type.bits : 64;
  const number = BigInt.asUintN(bits, BigInt(value as number | bigint));
  const cast = type.kind === "pointer" && bits === 32 ? "(uintptr_t)" : "";
  return `(${type.spelling})${cast}0x${number.toString(16)}ull`;
}

/** A string literal of a text's UTF-8 bytes. */
export function cString(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text));
  const printable = (byte: number) => byte >= 0x20 && byte < 0x7f && !'"\\?'.includes(char(byte));
  const escaped = bytes.map((byte) =>
    printable(byte) ? char(byte) : `\\${byte.toString(8).padStart(3, "0")}`,
  );
  return `"${escaped.join("")}"`;
}

function char(code: number): string {
  return String.fromCharCode(code);
}
