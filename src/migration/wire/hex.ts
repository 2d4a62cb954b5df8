const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Bytes as pairs of hexadecimal digits, with `between` between them. */
export function hexOf(bytes: Uint8Array, between = ""): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 1) {
    if (at > 0) text += between;
    text += DIGITS[bytes[at]!]!;
  }
  return text;
}

/** An integer as it lies in `size` bytes: all its digits, negative ones in two's complement. */
export function hexInteger(value: number | bigint, size: number): string {
  const unsigned =
    value >= 0
      ? value
      : typeof value === "bigint" || size > 4
        ? BigInt.asUintN(8 * size, BigInt(value))
        : value + 2 ** (8 * size);
  return `0x${unsigned.toString(16).padStart(2 * size, "0")}`;
}
