import { expect, test } from "vitest";
import type { ItemAccount } from "../../src/analysis/account.js";
import { findPostcopy } from "../../src/analysis/postcopy.js";
import type { StreamItem } from "../../src/migration/wire/stream-item.js";

/** A postcopy whose only section of memory was loaded by 100 ns. */
function items(): ItemAccount[] {
  const head = { offset: 0, size: 5, depth: 0 };
  const name = "POSTCOPY_RUN" as const;
  const command: StreamItem = {
    ...{ type: "command", ...head, number: 5, command: { name }, payload: new Uint8Array() },
  };
  const data = { dataOffset: 0, dataSize: 0, end: "self", footer: true } as const;
  const section: StreamItem = {
    ...{ type: "section-end", ...head, ...data, sectionId: 1, idstr: "ram" },
    ...{ instanceId: 0, version: 4 },
  };
  const source = { status: "missing" } as const;
  const destination = { status: "paired", start: 90n, end: 100n, how: "" } as const;
  return [
    { item: command, label: name, source, destination },
    { item: section, label: "ram END", source, destination },
  ];
}

test.each([
  ["ends with the last page", 50n, 100n],
  ["is over when the guest runs, where all pages are there by then", 120n, 120n],
])("postcopy %s", (_, running, end) => {
  expect(findPostcopy([], items(), [], running)).toMatchObject({ start: running, end });
});
