import { describe, expect, test } from "vitest";
import type { ArgumentKind, ArgumentValue } from "../../src/runtime/trace-event.js";
import { wrapValue } from "../../src/runtime/wrap-value.js";

describe("a value is wrapped as C converts it", () => {
  const table: readonly (readonly [ArgumentKind, ArgumentValue, ArgumentValue])[] = [
    ["u8", 300, 44],
    ["u8", -1, 255],
    ["i8", 200, -56],
    ["u16", 65537, 1],
    ["i16", 40000, -25536],
    ["u32", -1, 4294967295],
    ["u32", 2 ** 32 + 5, 5],
    ["i32", 4294967295, -1],
    ["i32", 2n ** 32n + 1n, 1],
    ["u64", -1, 2n ** 64n - 1n],
    ["u64", 5, 5n],
    ["i64", 2n ** 64n - 1n, -1n],
    ["pointer", -1n, 2n ** 64n - 1n],
    ["bool", 2, true],
    ["bool", 0n, false],
    ["string", "a", "a"],
    ["string", null, null],
    ["i32", 1.9, 1],
    ["i64", -1.9, -1n],
  ];
  for (const [kind, value, wrapped] of table)
    test(`${kind} of ${value} is ${wrapped}`, () => {
      expect(wrapValue(kind, value)).toBe(wrapped);
    });
});

test("what no C program could pass throws nothing", () => {
  const kinds = ["u8", "i32", "u64", "i64", "pointer"] as const;
  for (const kind of kinds)
    for (const value of [null, "text", Number.NaN, Number.POSITIVE_INFINITY])
      expect(Number(wrapValue(kind, value)), `${kind} ${value}`).toBe(0);
  expect(wrapValue("string", 5)).toBe("5");
});
