import { expect, test } from "vitest";
import type { MigrationFailure } from "../../src/analysis/account.js";
import { failedItem, failurePlace } from "../../src/report/failure-place.js";
import { analysisOf, itemOf } from "./empty-analysis.js";

const items = [itemOf("ram START", 29), itemOf("EOF", 45)];
const failureOf = (known: Partial<MigrationFailure>): MigrationFailure => ({
  ...{ side: "destination", errors: [], item: undefined, device: undefined },
  ...{ instance: undefined, hint: undefined, ...known },
});

test.each<[Partial<MigrationFailure>, number | undefined, string]>([
  [{ item: 0 }, 100, "at the destination, at ram START, byte 0x1d"],
  [{ item: 0, side: "source" }, undefined, "at the source, at ram START"],
  [{}, 100, "at the destination"],
  [{ instance: 2 }, 100, "at the destination"],
  [{ device: "vga" }, 100, "at the destination, at vga"],
  [{ device: "vga", instance: 0 }, 100, "at the destination, at vga"],
  [{ device: "vga", instance: 2 }, 100, "at the destination, at vga[2]"],
  // The item says more than QEMU's message.
  [{ item: 1, device: "vga" }, 100, "at the destination, at EOF, byte 0x2d"],
])("%o of a stream of %s bytes: %s", (known, streamSize, place) => {
  const failure = failureOf(known);
  const outcome = { state: "failed", error: undefined, failure };
  const analysis = analysisOf({ items, streamSize, outcome });
  expect(failurePlace(analysis, failure)).toBe(place);
  expect(failedItem(analysis)).toBe(known.item === undefined ? undefined : items[known.item]);
});

test("without a failure no item failed", () => {
  expect(failedItem(analysisOf({ items }))).toBeUndefined();
});
