import { describe, expect, test } from "vitest";
import { ByteWindow } from "../../../src/bytes/byte-window.js";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import {
  SCALAR_TYPES,
  type ScalarTypeName,
  type ScalarValue,
} from "../../../src/migration/wire/vmstate-scalar.js";
import { readBytes, readScalar } from "../../../src/migration/wire/vmstate-value.js";
import { bytesOf } from "./bytes.js";

type Row = readonly [type: ScalarTypeName, hex: string, value: ScalarValue];

const rows: readonly Row[] = [
  ["bool", "00", false],
  ["bool", "01", true],
  ["int8", "80", -128],
  ["int8", "7f", 127],
  ["int16", "8000", -32768],
  ["int16", "7fff", 32767],
  ["int32", "80000000", -(2 ** 31)],
  ["int32", "7fffffff", 2 ** 31 - 1],
  ["int64", "8000000000000000", -(2n ** 63n)],
  ["uint8", "ff", 255],
  ["uint16", "ff00", 0xff00],
  ["uint32", "ff000000", 0xff000000],
  ["uint64", "ff00000000000001", 0xff00_0000_0000_0001n],
  ["int32 le", "01000080", -(2 ** 31) + 1],
  ["int32 le", "01020304", 0x04030201],
  ["float64", "3ff8000000000000", 1.5],
  ["float64", "c000000000000000", -2],
  ["timer", "0000000000000005", 5n],
  ["timer", "fffffffffffffffe", 2n ** 64n - 2n],
  ["timer", "ffffffffffffffff", undefined],
];

describe("a plain value of a vmstate", () => {
  test.each(rows)("%s: %s", (type, hex, value) => {
    const bytes = bytesOf(hex);
    const { size, take, write } = SCALAR_TYPES[type];
    expect(size).toBe(bytes.length);
    expect(take(new ByteWindow("big", bytes))).toBe(value);
    const writer = new ByteWriter("big");
    write(writer, value);
    expect(writer.take()).toEqual(bytes);
  });

  test("any other byte than 0 is true", () => {
    expect(SCALAR_TYPES.bool.take(new ByteWindow("big", bytesOf("02")))).toBe(true);
  });

  test.each<readonly [type: ScalarTypeName, value: ScalarValue, message: string]>([
    ["bool", 1, "1 is no boolean"],
    ["int8", 1n, "1 is no number"],
    ["int32", true, "true is no number"],
    ["float64", 1n, "1 is no number"],
    ["uint64", 1, "1 is no bigint"],
    ["int64", undefined, "undefined is no bigint"],
    ["timer", 5, "5 is no bigint"],
  ])("%s is not written of %s", (type, value, message) => {
    expect(() => SCALAR_TYPES[type].write(new ByteWriter("big"), value)).toThrow(
      new TypeError(message),
    );
  });

  test("is waited for until all of it is there", () => {
    const window = new ByteWindow("big", bytesOf("010203"));
    const steps = readScalar(window, "uint32");
    expect(steps.next()).toMatchObject({ done: false });
    window.append(bytesOf("04 05"));
    expect(steps.next()).toEqual({ done: true, value: 0x01020304 });
    const bytes = readBytes(window, 2);
    expect(bytes.next().done).toBe(false);
    window.append(bytesOf("06 07"));
    expect(bytes.next()).toEqual({ done: true, value: bytesOf("05 06") });
    expect(readScalar(window, "uint8").next()).toEqual({ done: true, value: 7 });
  });
});
