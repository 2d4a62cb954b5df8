import { expect, test } from "vitest";
import { MissingPages } from "../../../src/migration/engine/missing-pages.js";

test("the pages of a block that are here, in whole words, nothing behind the last page", () => {
  const missing = new MissingPages();
  missing.block({ name: "bios", usedLength: 11 * 4096 }, 4096);
  expect(missing.received("bios")).toEqual(new Uint8Array(8));
  for (const page of [0, 2, 10]) missing.take("bios", page * 4096);
  expect(missing.received("bios")).toEqual(Uint8Array.of(0b101, 0b100, 0, 0, 0, 0, 0, 0));
  expect(() => missing.received("rom")).toThrow('RECV_BITMAP of unknown RAM block "rom"');
});
