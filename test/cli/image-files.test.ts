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
