import { describe, expect, test } from "vitest";
import { ByteWindow } from "../../src/bytes/byte-window.js";
import { DecodeError } from "../../src/bytes/decode-error.js";
import { pick, seededRandom } from "../support/random.js";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("integers", () => {
  const data = bytes(0xf1, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08);

  test("in little-endian order", () => {
    expect(new ByteWindow("little", data).u8()).toBe(0xf1);
    expect(new ByteWindow("little", data).u16()).toBe(0x02f1);
    expect(new ByteWindow("little", data).u32()).toBe(0x040302f1);
    expect(new ByteWindow("little", data).u64()).toBe(0x08070605040302f1n);
    expect(new ByteWindow("little", data).i64()).toBe(0x08070605040302f1n);
  });

  test("in big-endian order", () => {
    expect(new ByteWindow("big", data).u16()).toBe(0xf102);
    expect(new ByteWindow("big", data).u32()).toBe(0xf1020304);
    expect(new ByteWindow("big", data).u64()).toBe(0xf102030405060708n);
    expect(new ByteWindow("big", data).i64()).toBe(0xf102030405060708n - (1n << 64n));
  });

  test("the order may change midway", () => {
    const window = new ByteWindow("little", data);
    window.u16();
    window.order = "big";
    expect(window.u16()).toBe(0x0304);
  });

  test("follow one another, and the offset with them", () => {
    const window = new ByteWindow("big", data);
    window.u8();
    window.u16();
    expect(window.u32()).toBe(0x04050607);
    expect([window.offset, window.available]).toEqual([7, 1]);
  });
});

describe("a size of 64 bits", () => {
  test.each([
    ["little", bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0), Number.MAX_SAFE_INTEGER],
    ["big", bytes(0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), Number.MAX_SAFE_INTEGER],
    ["big", bytes(0, 0, 0, 1, 0, 0, 0, 2), 2 ** 32 + 2],
  ] as const)("%s-endian, is a number below 2^53", (order, data, size) => {
    expect(new ByteWindow(order, data).size64("a size")).toBe(size);
  });

  test("from 2^53 on it is an error at its beginning", () => {
    const window = new ByteWindow("big", bytes(9, 0, 0x20, 0, 0, 0, 0, 0, 0));
    window.u8();
    expect(() => window.size64("a page's address")).toThrow(
      new DecodeError("a page's address of 2^53 or more", 1),
    );
  });
});

describe("peeking", () => {
  const window = new ByteWindow("big", bytes(1, 2, 3, 4, 5, 6));

  test("consumes nothing", () => {
    expect(window.peekU8()).toBe(1);
    expect(window.peekU8(5)).toBe(6);
    expect(window.peekU32(2)).toBe(0x03040506);
    expect(window.peekBytes(2, 3)).toEqual(bytes(4, 5));
    expect([window.offset, window.available]).toEqual([0, 6]);
  });

  test("past the end is an error where the bytes would begin", () => {
    expect(() => window.peekU32(3)).toThrow(
      new DecodeError("cut short: 4 bytes wanted, 3 left", 3),
    );
    expect(() => window.peekU8(9)).toThrow(new DecodeError("cut short: 1 bytes wanted, 0 left", 9));
  });
});

describe("reading past what is there", () => {
  test("is an error, and consumes nothing", () => {
    const window = new ByteWindow("big", bytes(1, 2, 3));
    window.u8();
    expect(() => window.u32()).toThrow(new DecodeError("cut short: 4 bytes wanted, 2 left", 1));
    expect(() => window.bytes(3)).toThrow(DecodeError);
    expect(() => window.skip(3)).toThrow(DecodeError);
    expect(window.u16()).toBe(0x0203);
  });

  test("an empty window has nothing", () => {
    expect(() => new ByteWindow("big").u8()).toThrow(DecodeError);
    expect(new ByteWindow("big").bytes(0)).toEqual(bytes());
  });
});

describe("chunks", () => {
  test("an integer may lie across them", () => {
    const window = new ByteWindow("big", bytes(1, 2));
    window.append(bytes(3));
    window.append(bytes(4, 5));
    expect(window.u32()).toBe(0x01020304);
    expect(window.u8()).toBe(5);
  });

  test("offsets count from the beginning of the stream, or from a given base", () => {
    const window = new ByteWindow("big", bytes(1, 2), 1000);
    window.u16();
    window.append(bytes(3, 4));
    window.u8();
    expect(window.offset).toBe(1003);
    window.append(bytes(5));
    expect([window.offset, window.available]).toEqual([1003, 2]);
    expect(window.u16()).toBe(0x0405);
  });

  test("that are parts of a larger buffer are read alone", () => {
    const buffer = bytes(9, 9, 1, 2, 9, 9);
    const window = new ByteWindow("big", buffer.subarray(2, 4));
    expect(window.available).toBe(2);
    expect(window.u16()).toBe(0x0102);
  });

  test("are not written to", () => {
    const first = bytes(1, 2, 3, 4);
    const window = new ByteWindow("big", first);
    window.u8();
    window.append(bytes(5, 6));
    window.append(bytes(7, 8));
    expect(first).toEqual(bytes(1, 2, 3, 4));
    expect(window.bytes(7)).toEqual(bytes(2, 3, 4, 5, 6, 7, 8));
  });

  test("that are empty change nothing", () => {
    const window = new ByteWindow("big", bytes(1));
    window.append(bytes());
    expect([window.offset, window.available, window.u8()]).toEqual([0, 1, 1]);
  });

  test("of any size give the same bytes", () => {
    const random = seededRandom(1);
    const data = Uint8Array.from({ length: 5000 }, () => random(256));
    for (let round = 0; round < 100; round++) {
      const window = new ByteWindow("big");
      const read: number[] = [];
      let fed = 0;
      while (read.length < data.length) {
        const chunk = data.subarray(fed, fed + random(pick(random, [2, 10, 300])));
        window.append(chunk);
        fed += chunk.length;
        expect(window.offset).toBe(read.length);
        read.push(...window.bytes(random(window.available + 1)));
        if (fed === data.length) read.push(...window.bytes(window.available));
      }
      expect(read).toEqual([...data]);
    }
  });

  test("of one byte are gathered in a time that grows with their number", () => {
    const window = new ByteWindow("big");
    for (let count = 0; count < 1_000_000; count++) window.append(bytes(count));
    expect(window.available).toBe(1_000_000);
    expect(window.bytes(1_000_000).at(-1)).toBe(999_999 & 0xff);
  });
});

test("a window tells that its input has ended", () => {
  const window = new ByteWindow("big", bytes(1));
  expect(window.ended).toBe(false);
  window.end();
  expect(window.ended).toBe(true);
  expect(window.u8()).toBe(1);
});
