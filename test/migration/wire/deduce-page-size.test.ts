import { expect, test } from "vitest";
import { ByteWindow } from "../../../src/bytes/byte-window.js";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { RamFlag } from "../../../src/migration/wire/constants.js";
import { deducePageSize } from "../../../src/migration/wire/deduce-page-size.js";

const KIB = 1024;

/** What is deduced at the first record, of the page at 0, where pages at these addresses follow. */
function deduced(kind: "zero" | "page", size: number, addresses: readonly number[]) {
  const writer = new ByteWriter("big").bytes(new Uint8Array(kind === "zero" ? 1 : size));
  for (const address of addresses) {
    writer.u64(address + RamFlag.continue + RamFlag[kind]);
    writer.bytes(new Uint8Array(kind === "zero" ? 1 : size));
  }
  const window = new ByteWindow("big", writer.u64(RamFlag.eos).take());
  window.end();
  const { done, value } = deducePageSize(window, 0, kind === "zero").next();
  return done ? value : "more is wanted";
}

const row = (size: number, pages: number) =>
  Array.from({ length: pages }, (_, index) => size * (index + 1));

test.each([1, 2, 4, 8, 16, 64])("pages of %i KiB, each whole", (kib) => {
  expect(deduced("page", kib * KIB, row(kib * KIB, 1))).toBe(kib * KIB);
});

test.each([
  [1, 1],
  [4, 1],
  [8, 16],
  [64, 16],
])("zero pages of %i KiB, %i of them behind the first", (kib, pages) => {
  expect(deduced("zero", kib * KIB, row(kib * KIB, pages))).toBe(kib * KIB);
});

test.each([
  ["two", [8 * KIB, 32 * KIB]],
  ["a dozen", row(8 * KIB, 12)],
])(
  "%s zero pages with others between them, which multifd or compression took, tell none",
  (_, addresses) => {
    expect(deduced("zero", 4 * KIB, addresses)).toBeUndefined();
  },
);
