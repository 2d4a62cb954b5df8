import { expect, test } from "vitest";
import type { SidePairing } from "../../src/analysis/account.js";
import { itemRow, pairRows } from "../../src/fleet/item-rows.js";
import { itemOf, ms, spanOf } from "../report/empty-analysis.js";

const none = {
  ...{ section: undefined, idstr: undefined, instance: undefined, command: undefined },
  ...{ pages: undefined, zero_pages: undefined },
};
const section = { type: "section-part", sectionId: 2, idstr: "ram", instanceId: 1 };
const named = { section: 2, idstr: "ram", instance: 1 };

test.each<[object, object]>([
  [{ type: "eof" }, none],
  [{ type: "configuration" }, none],
  [{ type: "vm-description" }, none],
  [
    { type: "command", command: { name: "PING", value: 1 } },
    { ...none, command: "PING" },
  ],
  [section, { ...none, ...named }],
  [
    { ...section, ram: {} },
    { ...none, ...named, pages: 0, zero_pages: 0 },
  ],
  [
    { ...section, ram: { page: 100, xbzrle: 20, compressed: 3, zero: 4, flush: 50 } },
    { ...none, ...named, pages: 123, zero_pages: 4 },
  ],
  [
    { ...section, kindUnknown: true },
    { ...none, ...named, type: "section" },
  ],
])("the row of %o", (item, columns) => {
  const row = itemRow("abc", itemOf("label", 29, { ...item, depth: 1, size: 7 }), 5);
  expect(row).toEqual({
    ...{ recording: "abc", byte_offset: 29, ordinal: 5, depth: 1, label: "label", size: 7 },
    ...{ type: (item as { readonly type: string }).type, ...columns },
  });
});

test.each<[SidePairing, object]>([
  [spanOf(1, 2), { status: "paired", start_ns: ms(1), end_ns: ms(2), how: "its name" }],
  [
    { status: "untimed", how: "its place" },
    { status: "untimed", how: "its place" },
  ],
  [
    { status: "untraced", why: "no event" },
    { status: "untraced", how: "no event" },
  ],
  [{ status: "missing" }, { status: "missing" }],
  [{ status: "no trace" }, { status: "no trace" }],
])("a side that is %o", (pairing, columns) => {
  const common = {
    ...{ recording: "abc", byte_offset: 29, ordinal: 5 },
    ...{ start_ns: undefined, end_ns: undefined, how: undefined },
  };
  const other = { ...common, status: "no trace" };
  const rows = (sides: { readonly source?: SidePairing; readonly destination?: SidePairing }) =>
    pairRows("abc", itemOf("label", 29, sides), 5);
  expect(rows({ source: pairing })).toEqual([
    { ...common, ...columns, side: "source" },
    { ...other, side: "destination" },
  ]);
  expect(rows({ destination: pairing })[1]).toEqual({ ...common, ...columns, side: "destination" });
});
