const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Bytes as pairs of hexadecimal digits, with `between` between them. */
export function hexOf(bytes: Uint8Array, between = ""): string {
  return Array.from(bytes, (byte) => DIGITS[byte]).join(between);
}

/** An integer as it lies in `size` bytes: all its digits, negative ones in two's complement. */
export function hexInteger(value: number | bigint, size: number): string {
  return `0x${BigInt.asUintN(8 * size, BigInt(value))
    .toString(16)
    .padStart(2 * size, "0")}`;
}
