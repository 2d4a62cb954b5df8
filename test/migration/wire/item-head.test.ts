/** What an item's head looks like: one that just is one, and one that just is not. */

import { expect, test } from "vitest";
import { ByteWindow } from "../../../src/bytes/byte-window.js";
import { type ItemHead, itemHeadAt } from "../../../src/migration/wire/item-head.js";
import type { SectionHead } from "../../../src/migration/wire/stream-item.js";
import { bytesOf, concat } from "./bytes.js";

const started = new Map([[7, {} as SectionHead]]);
const name = (length: number) => "61".repeat(length);
const named = (type: string, id: string, length: string, idstr: string, version: string) =>
  `${type} ${id} ${length} ${idstr} 00000000 ${version}`;

/** The head after three bytes of something else. */
function headOf(hex: string): ItemHead {
  return itemHeadAt(new ByteWindow("big", concat(bytesOf("080808"), bytesOf(hex))), 3, started);
}

const kinds: readonly (readonly [hex: string, kind: ItemHead["kind"]])[] = [
  ["", "cut"],
  // EOF ends the stream, or a description follows it.
  ["00", "end"],
  ["00 00", "none"],
  ["00 06", "end"],
  ["00 06 00000001", "end"],
  ["00 06 00000001 7b", "end"],
  ["00 06 00000001 7c", "none"],
  ["00 07 00000001 7b", "none"],
  // A section that started continues.
  ["02 00000007", "end"],
  ["03 00000007", "end"],
  ["02 00000008", "none"],
  ["02 000000", "cut"],
  ["03 000000", "cut"],
  // Commands are known, and of their lengths.
  ["08 0002 0004", "command"],
  ["08 0002 0005", "none"],
  ["08 0000 0000", "none"],
  ["08 000c 0000", "none"],
  ["08 0006 1234", "command"],
  ["08 0002 00", "cut"],
  // The other sections have a new id, a printable name and a version.
  [named("04", "00000009", "02", name(2), "00000001"), "section"],
  [named("01", "00000009", "02", name(2), "00000001"), "end"],
  [named("04", "00000007", "02", name(2), "00000001"), "none"],
  [named("01", "00000007", "02", name(2), "00000001"), "none"],
  [named("04", "00000009", "00", "", "00000001"), "none"],
  [named("04", "00000009", "01", "20", "00000001"), "section"],
  [named("04", "00000009", "01", "7e", "00000001"), "section"],
  [named("04", "00000009", "01", "1f", "00000001"), "none"],
  [named("04", "00000009", "01", "7f", "00000001"), "none"],
  [named("04", "00000009", "03", "61617f", "00000001"), "none"],
  [named("04", "00000009", "01", "61", "0000ffff"), "section"],
  [named("04", "00000009", "01", "61", "00010000"), "none"],
  // 20000101 and 20991231, and their neighbours.
  [named("04", "00000009", "01", "61", "01312d65"), "section"],
  [named("04", "00000009", "01", "61", "01312d64"), "none"],
  [named("04", "00000009", "01", "61", "01404cff"), "section"],
  [named("04", "00000009", "01", "61", "01404d00"), "none"],
  ["04 00000009", "cut"],
  ["04 00000009 01", "cut"],
  ["04 00000007 01", "none"],
  ["04 00000009 02 61", "cut"],
  ["04 00000009 02 1f", "none"],
  ["04 00000009 01 61 00000000 000000", "cut"],
  ["01 00000009 01 61 00000000 000000", "cut"],
  // Not the type of an item.
  ["05 00000007", "none"],
  ["06 00000007", "none"],
  ["07 00000007", "none"],
  ["09 00020004", "none"],
  ["7e 00000007", "none"],
];

test.each(kinds)("%s is %s", (hex, kind) => {
  expect(headOf(hex).kind).toBe(kind);
});

test("a command says where the next item is, a section where its data are", () => {
  expect(headOf("08 0006 0102")).toEqual({ kind: "command", next: 3 + 5 + 0x102 });
  expect(headOf(named("04", "00000009", "03", name(3), "00000001"))).toEqual({
    ...{ kind: "section", sectionId: 9, data: 3 + 17 },
  });
});
