import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ImageFiles } from "../../src/cli/image-files.js";
import { seededRandom } from "../support/random.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-images-"));
afterAll(() => rmSync(work, { recursive: true }));

const KIB = 1024;
const SIZE = 1024 * KIB;

test("an image reads as it was written, whatever is held back, and so does its file", () => {
  const random = seededRandom(11);
  const files = new ImageFiles(work);
  const image = files.open({ name: "pc.ram", usedLength: SIZE });
  const expected = new Uint8Array(SIZE);
  let next = 0;
  for (let count = 0; count < 5000; count += 1) {
    // Mostly one page behind the other, as a stream has them; reads from near there, or anywhere.
    if (random(10) === 0) next = 4 * KIB * random(256);
    const bytes = new Uint8Array(4 * KIB).fill(random(256));
    image.write(next, bytes);
    expected.set(bytes, next);
    const near = Math.max(0, next - random(8 * KIB));
    const [from, length] = random(2) === 0 ? [near, 8 * KIB] : [random(SIZE - KIB), KIB];
    const read = image.read(from, Math.min(length, SIZE - from));
    expect(Buffer.compare(read, expected.subarray(from, from + read.length))).toBe(0);
    next = (next + 4 * KIB) % SIZE;
  }
  files.finish();
  expect(Buffer.compare(readFileSync(join(work, "pc.ram.img")), expected)).toBe(0);
});

/** Opens an image for each name; gives the files' names, in order, and what was noted. */
function filesFor(names: readonly string[]) {
  const folder = mkdtempSync(join(work, "names-"));
  const notes: string[] = [];
  const files = new ImageFiles(folder, { onNote: (note) => notes.push(note) });
  for (const name of names) files.open({ name, usedLength: 4096 }).write(0, Buffer.from(name));
  const list = files.finish();
  for (const { block, file } of list) {
    expect(readFileSync(join(folder, file)).subarray(0, Buffer.byteLength(block)).toString()).toBe(
      block,
    );
  }
  expect(list.map(({ block }) => block)).toEqual(names);
  return { names: list.map(({ file }) => file), notes };
}

test("names that differ in case only have files that differ in more", () => {
  const { names, notes } = filesFor(["a_b", "A_b", "a/b", "A_B", "a_b-2"]);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(5);
  expect(names.slice(0, 2)).toEqual(["a_b.img", "A_b-2.img"]);
  expect(notes).toEqual([]);
});

test("a name that is too long for a file is cut, has a hash, and that is said", () => {
  const [fits, long, other, upper] = [
    "x".repeat(251),
    `${"x".repeat(252)}`,
    `${"x".repeat(254)}y`,
    "X".repeat(252),
  ];
  const { names, notes } = filesFor([fits, long, other, upper]);
  expect(names[0]).toBe(`${fits}.img`);
  for (const [index, block] of [long, other, upper].entries()) {
    const hash = createHash("sha256").update(block).digest("hex").slice(0, 16);
    const file = `${block.slice(0, 234)}-${hash}.img`;
    expect(names[index + 1]).toBe(file);
    expect(Buffer.byteLength(file)).toBe(255);
    expect(notes[index]).toBe(
      `the name of RAM block ${block} is too long for a file; its image is ${file}`,
    );
  }
  expect(notes).toHaveLength(3);
});

test("a long name that is taken is cut for its number", () => {
  const { names } = filesFor([
    `${"x".repeat(250)}/`,
    `${"x".repeat(250)}:`,
    `${"x".repeat(250)}\\`,
  ]);
  expect(names).toEqual([
    `${"x".repeat(250)}_.img`,
    `${"x".repeat(250)}:.img`,
    `${"x".repeat(249)}-2.img`,
  ]);
});
