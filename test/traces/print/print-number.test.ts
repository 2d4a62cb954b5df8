/** Digits of integers against what BigInt prints, at the edges of words and powers. */

import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../../src/bytes/utf8.js";
import { ByteOutput } from "../../../src/traces/print/byte-output.js";
import {
  NUMBER,
  printDecimal,
  printDecimal64,
  printHexadecimal,
  printSigned,
  printSigned64,
} from "../../../src/traces/print/print-number.js";
import { pythonBytes } from "../../../src/traces/print/python-bytes.js";

function printed(print: (output: ByteOutput) => void): string {
  const output = new ByteOutput();
  output.text("<");
  output.reserve(NUMBER + 64);
  print(output);
  output.text(">");
  return decodeUtf8(output.take());
}

/** Powers of 2 and of 10, and their neighbours. */
const edges = [
  ...Array.from({ length: 65 }, (_, bits) => 2n ** BigInt(bits)),
  ...Array.from({ length: 20 }, (_, digits) => 10n ** BigInt(digits)),
  ...[0x123456789n, 0x0123_4567_89ab_cdefn, 5n * 10n ** 15n, 9_007_199_254_000_000_001n],
]
  .flatMap((power) => [power - 1n, power, power + 1n])
  .filter((value) => value < 2n ** 64n);

const halves = (value: bigint): [high: number, low: number] => [
  Number(value >> 32n),
  Number(value & 0xffff_ffffn),
];

test("integers of 32 bits", () => {
  for (const value of edges.filter((edge) => edge < 2n ** 32n)) {
    for (const least of [0, 1, 3, 10, 15])
      expect(printed((output) => printDecimal(output, Number(value), least))).toBe(
        `<${String(value).padStart(least, "0")}>`,
      );
    const signed = BigInt.asIntN(32, value);
    expect(printed((output) => printSigned(output, Number(signed)))).toBe(`<${signed}>`);
  }
});

test("integers of 64 bits", () => {
  for (const value of edges) {
    const [high, low] = halves(value);
    for (const least of [0, 1, 10, 12, 20, 24]) {
      expect(printed((output) => printDecimal64(output, high, low, least))).toBe(
        `<${String(value).padStart(least, "0")}>`,
      );
      // At most 16 digits have a meaning.
      if (least <= 16)
        expect(printed((output) => printHexadecimal(output, high, low, least))).toBe(
          `<${value.toString(16).padStart(least, "0")}>`,
        );
    }
    const signed = BigInt.asIntN(64, value);
    expect(printed((output) => printSigned64(output, high, low))).toBe(`<${signed}>`);
    const [negatedHigh, negatedLow] = halves(BigInt.asUintN(64, -value));
    expect(printed((output) => printSigned64(output, negatedHigh, negatedLow))).toBe(
      `<${BigInt.asIntN(64, -value)}>`,
    );
  }
});

test("a byte output grows, and keeps room after what is reserved", () => {
  const output = new ByteOutput();
  output.keep(1000);
  expect(output.bytes.length).toBeGreaterThanOrEqual(1000);
  let expected = "";
  for (const text of [
    "a",
    "é",
    "x".repeat(100),
    "y".repeat(101),
    "",
    "ab\x7f",
    "\x80",
    "z".repeat(5000),
  ]) {
    output.text(text);
    expected += text;
    expect(output.bytes.length - output.length).toBeGreaterThanOrEqual(
      text.length > 100 ? 1000 : 0,
    );
    expect(output.view.buffer).toBe(output.bytes.buffer);
  }
  output.reserve(50);
  expect(output.bytes.length - output.length).toBeGreaterThanOrEqual(1050);
  expect(decodeUtf8(output.take())).toBe(expected);
  expect(output.length).toBe(0);
  output.literal(encodeUtf8("next"));
  expect(decodeUtf8(output.take())).toBe("next");
});

test("what is not UTF-8 is repaired from a place on", () => {
  const output = new ByteOutput();
  output.literal(Uint8Array.of(0xff, 0x61));
  output.literal(Uint8Array.of(0xff, 0x62));
  output.repairUtf8(2);
  expect([...output.take()]).toEqual([0xff, 0x61, 0xef, 0xbf, 0xbd, 0x62]);
  output.literal(Uint8Array.of(0xff, 0x61));
  output.repairUtf8(1);
  expect([...output.take()]).toEqual([0xff, 0x61]);
  output.literal(Uint8Array.of(0x80));
  output.repairUtf8(0);
  expect([...output.take()]).toEqual([0xef, 0xbf, 0xbd]);
});

/** What Python 3 prints: print(bytes(…)). */
test.each([
  ["", "b''"],
  ["abc ~", "b'abc ~'"],
  ["it's", `b"it's"`],
  [`"`, `b'"'`],
  [`'"`, String.raw`b'\'"'`],
  ["\t\n\r\\", String.raw`b'\t\n\r\\'`],
  ["\0\x1f\x7f\x80\xff", String.raw`b'\x00\x1f\x7f\x80\xff'`],
])("bytes of %j as Python prints them", (text, expected) => {
  expect(pythonBytes(Buffer.from(text, "latin1"))).toBe(expected);
});
