/** Integers as digits; who calls has reserved room for them. 64-bit ones come in halves. */

import { joinHalves } from "../simpletrace/join-halves.js";
import type { ByteOutput } from "./byte-output.js";

/** The most digits of a 64-bit integer, octal ones, and what may stand before them. */
export const NUMBER = 32;

/** The sign of a negative number. */
export const MINUS = 0x2d;
const ZERO = 0x30;
const LETTER_A = 0x61;
/** Nine digits at a time are exact in numbers. */
const BILLION = 1_000_000_000;

/** An integer below 2^32 in decimal, with at least so many digits. */
export function printDecimal(output: ByteOutput, value: number, least = 0): void {
  let digits = 1;
  for (let limit = 10; digits < 10 && value >= limit; limit *= 10) digits++;
  if (digits < least) digits = least;
  const { bytes, length } = output;
  let rest = value;
  for (let at = length + digits - 1; at >= length; at--) {
    const tenth = Math.floor(rest / 10);
    bytes[at] = ZERO + rest - 10 * tenth;
    rest = tenth;
  }
  output.length = length + digits;
}

/** A signed integer of 32 bits. */
export function printSigned(output: ByteOutput, value: number): void {
  if (value < 0) output.bytes[output.length++] = MINUS;
  printDecimal(output, Math.abs(value));
}

/** An unsigned integer of 64 bits. */
export function printDecimal64(output: ByteOutput, high: number, low: number, least = 0): void {
  if (high === 0) {
    printDecimal(output, low, least);
  } else if (high < 0x20_0000) {
    const value = high * 0x1_0000_0000 + low;
    const upper = Math.floor(value / BILLION);
    printDecimal(output, upper, least - 9);
    printDecimal(output, value - upper * BILLION, 9);
  } else {
    output.text(joinHalves(high, low).toString().padStart(least, "0"));
  }
}

/** A signed integer of 64 bits. */
export function printSigned64(output: ByteOutput, high: number, low: number): void {
  if (high < 0x8000_0000) {
    printDecimal64(output, high, low);
    return;
  }
  output.bytes[output.length++] = MINUS;
  const negated = -low >>> 0;
  printDecimal64(output, (~high + (negated === 0 ? 1 : 0)) >>> 0, negated);
}

/** An unsigned integer of 64 bits in hexadecimal, with at least so many digits. */
export function printHexadecimal(output: ByteOutput, high: number, low: number, least = 0): void {
  let digits = high > 0 ? 16 - (Math.clz32(high) >> 2) : 8 - (Math.clz32(low | 1) >> 2);
  if (digits < least) digits = least;
  const { bytes, length } = output;
  let rest = low;
  for (let index = 0; index < digits; index++) {
    if (index === 8) rest = high;
    const nibble = rest & 15;
    bytes[length + digits - 1 - index] = nibble < 10 ? ZERO + nibble : LETTER_A - 10 + nibble;
    rest >>>= 4;
  }
  output.length = length + digits;
}
