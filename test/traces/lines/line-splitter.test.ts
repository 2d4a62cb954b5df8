/** Lines out of chunks, against a search for newlines in all of the bytes. */

import { expect, test } from "vitest";
import { LineSplitter } from "../../../src/traces/lines/line-splitter.js";
import { pick, seededRandom } from "../../support/random.js";

interface Line {
  readonly line: string;
  readonly offset: number;
  readonly size: number;
}

/** The complete lines of bytes. */
function linesOf(bytes: Buffer): Line[] {
  const lines: Line[] = [];
  let offset = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, offset)) {
    const line = bytes.toString("utf8", offset, end);
    lines.push({ line, offset, size: end + 1 - offset });
    offset = end + 1;
  }
  return lines;
}

/** Takes at most so many lines. */
function take(splitter: LineSplitter, most: number): Line[] {
  const lines: Line[] = [];
  while (lines.length < most && splitter.advance()) {
    const { line, offset, size } = splitter;
    lines.push({ line, offset, size });
    expect(splitter.position).toBe(offset + size);
  }
  return lines;
}

test("lines are the same in chunks of any size, whenever they are taken", () => {
  const random = seededRandom(41);
  const parts = ["\n", "\n", "a", "bc", "é", "😀", "\xff", "\xe2\x82", "\0", "\r"].map((part) =>
    Buffer.from(part, part.charCodeAt(0) < 0x100 && part !== "é" ? "latin1" : "utf8"),
  );
  for (let run = 0; run < 400; run++) {
    const plain = random(2) === 0;
    const pieces = Array.from({ length: random(60) }, () =>
      pick(random, plain ? parts.slice(0, 4) : parts),
    );
    const bytes = Buffer.concat(pieces);
    const splitter = new LineSplitter();
    const lines: Line[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + random(pick(random, [1, 4, 40]));
      splitter.append(bytes.subarray(at, at + size));
      at += size;
      lines.push(...take(splitter, pick(random, [0, 1, 100])));
    }
    lines.push(...take(splitter, Number.POSITIVE_INFINITY));
    expect(lines).toEqual(linesOf(bytes));
    expect(splitter.advance()).toBe(false);
    const end = bytes.lastIndexOf(10) + 1;
    expect([splitter.position, splitter.unfinished]).toEqual([end, bytes.length - end]);
  }
});

test("nothing is unfinished while there are lines to take", () => {
  const splitter = new LineSplitter();
  expect([splitter.unfinished, splitter.advance()]).toEqual([0, false]);
  splitter.append(Buffer.from("a\nb\ncd"));
  expect(take(splitter, 1)).toEqual([{ line: "a", offset: 0, size: 2 }]);
  expect(splitter.unfinished).toBe(0);
  expect(take(splitter, 2)).toEqual([{ line: "b", offset: 2, size: 2 }]);
  expect(splitter.unfinished).toBe(2);
});

test("a chunk is copied: its memory may be used again", () => {
  const splitter = new LineSplitter();
  const chunk = Buffer.from("ab");
  splitter.append(chunk);
  chunk.fill("x");
  splitter.append(Buffer.from("c\n"));
  expect(take(splitter, 2)).toEqual([{ line: "abc", offset: 0, size: 4 }]);
});

test.each([0, 100])(
  "a line without an end is taken as it is at 2^20 bytes, after %i bytes",
  (first) => {
    const limit = 2 ** 20;
    const splitter = new LineSplitter();
    splitter.append(Buffer.alloc(first, "a"));
    splitter.append(Buffer.alloc(limit - 1 - first, "a"));
    expect(splitter.advance()).toBe(false);
    expect(splitter.unfinished).toBe(limit - 1);
    splitter.append(Buffer.from("b"));
    const line = `${"a".repeat(limit - 1)}b`;
    expect(take(splitter, 2)).toEqual([{ line, offset: 0, size: limit }]);
    splitter.append(Buffer.from("c\n"));
    expect(take(splitter, 2)).toEqual([{ line: "c", offset: limit, size: 2 }]);
  },
);
