import { describe, expect, test } from "vitest";
import { ByteWindow } from "../../src/bytes/byte-window.js";
import { ByteWriter } from "../../src/bytes/byte-writer.js";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("integers", () => {
  test("in little-endian order", () => {
    expect(new ByteWriter("little").u8(1).u16(0x0203).u32(0x04050607).take()).toEqual(
      bytes(1, 3, 2, 7, 6, 5, 4),
    );
    expect(new ByteWriter("little").u64(0x0102030405060708n).take()).toEqual(
      bytes(8, 7, 6, 5, 4, 3, 2, 1),
    );
  });

  test("in big-endian order", () => {
    expect(new ByteWriter("big").u8(1).u16(0x0203).u32(0x04050607).take()).toEqual(
      bytes(1, 2, 3, 4, 5, 6, 7),
    );
    expect(new ByteWriter("big").u64(0x0102030405060708n).take()).toEqual(
      bytes(1, 2, 3, 4, 5, 6, 7, 8),
    );
  });
});

describe("64 bits", () => {
  test.each([0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), 2 ** 53 - 1, -(2 ** 53) + 1])(
    "%d is written as the bigint is",
    (value) => {
      for (const order of ["big", "little"] as const)
        expect(new ByteWriter(order).u64(value).take()).toEqual(
          new ByteWriter(order).u64(BigInt(value)).take(),
        );
    },
  );

  test.each([0n, -1n, 2n ** 64n - 1n, 2n ** 63n, -(2n ** 63n)])("%s is read back", (value) => {
    for (const order of ["big", "little"] as const) {
      const written = new ByteWriter(order).u64(value).take();
      expect(new ByteWindow(order, written).u64()).toBe(BigInt.asUintN(64, value));
    }
  });
});

describe("what was written", () => {
  test("is taken once", () => {
    const writer = new ByteWriter("big").u8(1);
    expect(writer.take()).toEqual(bytes(1));
    expect([writer.length, writer.take()]).toEqual([0, bytes()]);
    expect(writer.u8(2).take()).toEqual(bytes(2));
  });

  test("is not touched by what is written next", () => {
    const writer = new ByteWriter("big").u8(1);
    const first = writer.take();
    writer.u8(2);
    expect(first).toEqual(bytes(1));
  });

  test("may be more than the capacity", () => {
    const writer = new ByteWriter("big", 2);
    for (let value = 0; value < 100; value++) writer.u8(value);
    writer.bytes(new Uint8Array(1000).fill(7));
    expect(writer.length).toBe(1100);
    expect(writer.take().subarray(98, 102)).toEqual(bytes(98, 99, 7, 7));
  });

  test("may begin with no capacity at all", () => {
    expect(new ByteWriter("big", 0).u64(1).take()).toEqual(bytes(0, 0, 0, 0, 0, 0, 0, 1));
  });

  test("may be patched with a length that is known later", () => {
    const writer = new ByteWriter("little").u8(9).u32(0).u8(9);
    writer.patchU32(1, 0x01020304);
    expect(writer.take()).toEqual(bytes(9, 4, 3, 2, 1, 9));
  });
});
