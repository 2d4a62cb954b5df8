import { describe, expect, test } from "vitest";
import type { ByteWindow } from "../../src/bytes/byte-window.js";
import { DecodeError } from "../../src/bytes/decode-error.js";
import { FedReader, readChunks } from "../../src/bytes/fed-reader.js";
import { more, need, type Steps, skip } from "../../src/bytes/steps.js";

/** A format for these tests: a length, and that many bytes; 0xff passes over as many. */
function* decode(window: ByteWindow): Steps<number[]> {
  while (yield* more(window)) {
    const length = window.u8();
    if (length === 0xff) {
      yield* need(window, 1);
      yield* skip(window, window.u8());
      continue;
    }
    yield* need(window, length);
    yield [...window.bytes(length)];
  }
}

const newReader = () => new FedReader<number[]>("big", decode);
const bytes = (...values: number[]) => Uint8Array.from(values);

function takeAll(reader: FedReader<number[]>): number[][] {
  const taken: number[][] = [];
  for (let value = reader.next(); value !== undefined; value = reader.next()) taken.push(value);
  return taken;
}

describe("a reader that is fed", () => {
  test("gives what is whole, and waits for the rest", () => {
    const reader = newReader();
    reader.append(bytes(1, 10, 2, 20));
    expect(takeAll(reader)).toEqual([[10]]);
    reader.append(bytes(21, 0));
    expect(takeAll(reader)).toEqual([[20, 21], []]);
    expect(reader.done).toBe(false);
  });

  test("is done at the end", () => {
    const reader = newReader();
    reader.append(bytes(1, 10));
    reader.end();
    expect(takeAll(reader)).toEqual([[10]]);
    expect([reader.done, reader.offset, reader.next()]).toEqual([true, 2, undefined]);
  });

  test("of nothing is done too", () => {
    const reader = newReader();
    expect(reader.next()).toBeUndefined();
    reader.end();
    expect([reader.next(), reader.done]).toEqual([undefined, true]);
  });

  test("throws at a cut end, once, behind all that was whole", () => {
    const reader = newReader();
    reader.append(bytes(1, 10, 3, 20));
    reader.end();
    expect(reader.next()).toEqual([10]);
    expect(() => reader.next()).toThrow(new DecodeError("cut short: 3 bytes wanted, 1 left", 3));
    expect([reader.done, reader.next()]).toEqual([true, undefined]);
  });

  test("passes over bytes without holding them", () => {
    const reader = newReader();
    reader.append(bytes(0xff, 200));
    for (let chunk = 0; chunk < 20; chunk++) {
      reader.append(new Uint8Array(10));
      expect(reader.next()).toBeUndefined();
      expect(reader.offset).toBe(2 + 10 * (chunk + 1));
    }
    reader.append(bytes(1, 7));
    expect(reader.next()).toEqual([7]);
  });

  test("throws when the end comes while it passes over", () => {
    const reader = newReader();
    reader.append(bytes(0xff, 200, 1, 2, 3));
    reader.end();
    expect(() => reader.next()).toThrow(new DecodeError("cut short: 197 more bytes wanted", 5));
  });
});

describe("reading chunks", () => {
  async function readAll(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    const read: number[][] = [];
    for await (const value of readChunks(newReader(), chunks)) read.push(value);
    return read;
  }

  test("of any cut gives the same", async () => {
    const data = bytes(2, 1, 2, 0, 3, 4, 5, 6, 0xff, 2, 9, 9, 1, 7);
    for (let size = 1; size <= data.length; size++) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < data.length; at += size) chunks.push(data.subarray(at, at + size));
      expect(await readAll(chunks)).toEqual([[1, 2], [], [4, 5, 6], [7]]);
    }
  });

  test("takes an asynchronous source too", async () => {
    async function* source() {
      yield bytes(2, 1);
      yield bytes(2);
    }
    expect(await readAll(source())).toEqual([[1, 2]]);
  });

  test("closes its source when the caller leaves", async () => {
    let closed = false;
    function* source() {
      try {
        for (;;) yield bytes(1, 7);
      } finally {
        closed = true;
      }
    }
    for await (const value of readChunks(newReader(), source())) {
      expect(value).toEqual([7]);
      break;
    }
    expect(closed).toBe(true);
  });

  test("throws what the reader throws, behind what was whole", async () => {
    const read: number[][] = [];
    const reading = (async () => {
      for await (const value of readChunks(newReader(), [bytes(1, 7, 9)])) read.push(value);
    })();
    await expect(reading).rejects.toThrow(DecodeError);
    expect(read).toEqual([[7]]);
  });
});
