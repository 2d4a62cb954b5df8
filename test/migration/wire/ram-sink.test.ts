import { describe, expect, test } from "vitest";
import type { RamBlockInfo } from "../../../src/migration/wire/stream-item.js";
import { applyXbzrle } from "../../../src/migration/wire/xbzrle.js";
import { describeWith } from "../../support/tools.js";
import { readRecording } from "./recordings.js";
import { walk } from "./walk.js";

const PAGE = 4096;

/** RAM as a sink builds it up, by the name of the block. */
function memoryOf(bytes: Uint8Array): Map<string, Uint8Array> {
  const blocks = new Map<string, Uint8Array>();
  const page = ({ name }: RamBlockInfo, at: number) => blocks.get(name)!.subarray(at, at + PAGE);
  const { error } = walk(bytes, {
    ram: {
      block: ({ name, usedLength }) => blocks.set(name, new Uint8Array(usedLength)),
      page: (block, at, data) => page(block, at).set(data),
      zero: (block, at, fill) => page(block, at).fill(fill),
      xbzrle: (block, at, encoded) => applyXbzrle(page(block, at), encoded),
    },
  });
  expect(error).toBeUndefined();
  return blocks;
}

/**
 * The guest of the recordings goes through its second MiB over and over, and counts up the first
 * byte of each page. When it was stopped, it had done so in some pages once more than in the rest.
 */
function expectCountedPages(ram: Uint8Array): void {
  const pages = Array.from({ length: 256 }, (_, index) => 0x100000 + index * PAGE);
  const counts = pages.map((at) => ram[at]!);
  const first = counts[0]!;
  expect(first).toBeGreaterThan(0);
  const split = counts.findIndex((count) => count !== first);
  expect(counts.slice(split)).toEqual(Array(256 - split).fill(first - 1));
  for (const at of pages)
    expect(ram.subarray(at + 1, at + PAGE).every((byte) => byte === 0)).toBe(true);
}

describeWith(["shared"], "the memory in a stream is what the guest wrote", () => {
  describe.each(["q35-precopy", "pc-mapped-ram", "pc-9.2-xbzrle"])("%s", (name) => {
    test("page for page", async () => {
      expectCountedPages(memoryOf((await readRecording(name)).bytes).get("pc.ram")!);
    });
  });
});
