import { expect, test } from "vitest";
import { DirtyBitmap } from "../../../src/migration/engine/dirty-bitmap.js";
import { RamBlock } from "../../../src/migration/engine/guest-ram.js";

function pagesOf(bitmap: DirtyBitmap): number[] {
  const pages: number[] = [];
  for (let page = bitmap.next(0); page >= 0; page = bitmap.next(page + 1)) pages.push(page);
  return pages;
}

test("pages come in order, each once", () => {
  const bitmap = new DirtyBitmap(100);
  for (const page of [99, 0, 31, 32, 63, 64, 31]) bitmap.add(page);
  expect(pagesOf(bitmap)).toEqual([0, 31, 32, 63, 64, 99]);
  expect(bitmap.count).toBe(6);
  bitmap.remove(32);
  bitmap.remove(33);
  expect(pagesOf(bitmap)).toEqual([0, 31, 63, 64, 99]);
});

test("all pages", () => {
  for (const pages of [0, 1, 31, 32, 33, 64, 70]) {
    const bitmap = new DirtyBitmap(pages);
    bitmap.addAll();
    expect(pagesOf(bitmap)).toEqual(Array.from({ length: pages }, (_, page) => page));
    expect(bitmap.count).toBe(pages);
    const bits = [...bitmap.toBytes()].map((byte) => byte.toString(2).replaceAll("0", "").length);
    expect(bits.reduce((sum, count) => sum + count, 0)).toBe(pages);
  }
});

test("what is taken from another is gone there, and only what is new is counted", () => {
  const [log, dirty] = [new DirtyBitmap(64), new DirtyBitmap(64)];
  for (const page of [1, 2, 3]) log.add(page);
  dirty.add(2);
  expect(dirty.takeFrom(log)).toBe(2);
  expect([pagesOf(dirty), pagesOf(log)]).toEqual([[1, 2, 3], []]);
});

test("a write marks every page that it touches", () => {
  const block = new RamBlock("pc.ram", 8 * 4096);
  block.write(4095, Uint8Array.of(1, 2));
  expect(pagesOf(block.log)).toEqual([0, 1]);
  expect([block.isZero(0), block.isZero(1), block.isZero(2)]).toEqual([false, false, true]);
});

test("a block of no whole pages", () => {
  expect(() => new RamBlock("rom", 100)).toThrow("rom of 100 bytes is not of whole pages");
});

test("all pages but those of an array, whatever stands behind the last page", () => {
  const bitmap = new DirtyBitmap(67);
  const bytes = new Uint8Array(bitmap.byteLength).fill(255);
  bytes[0] = 0b1111_1010;
  bytes[8] = 0b1111_1011;
  bitmap.setAllBut(bytes);
  expect(bitmap.ranges()).toEqual([
    { start: 0, length: 1 },
    { start: 2, length: 1 },
    { start: 66, length: 1 },
  ]);
});
