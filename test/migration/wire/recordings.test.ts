import { describe, expect, test } from "vitest";
import { itemToJson } from "../../../src/migration/wire/item-json.js";
import { isSection } from "../../../src/migration/wire/stream-item.js";
import { RECORDINGS } from "../../support/recording-names.js";
import { describeWith } from "../../support/tools.js";
import { readRecording } from "./recordings.js";
import { walk } from "./walk.js";

describeWith(["shared"], "real streams", () => {
  describe.each(RECORDINGS)("%s", (name) => {
    test("the items are those of an independent walk", async () => {
      const { bytes, description, items } = await readRecording(name);
      const read = walk(bytes, description ? { description } : {});
      expect(read.error).toBeUndefined();
      expect(read.items.length).toBe(items.length);
      for (const [index, item] of read.items.entries()) {
        expect(itemToJson(item)).toMatchObject(items[index]!);
      }
    });

    test("the items cover every byte", async () => {
      const { bytes, description } = await readRecording(name);
      let end = 8;
      for (const item of walk(bytes, description ? { description } : {}).items) {
        expect(item.offset).toBe(end);
        end = item.offset + item.size;
      }
      expect(end).toBe(bytes.length);
    });

    test("without the description, footers end the same sections", async () => {
      const { bytes, items } = await readRecording(name);
      const read = walk(bytes);
      expect(read.items.map(({ offset, size }) => [offset, size])).toEqual(
        items.map(({ offset, size }) => [offset, size]),
      );
    });
  });

  test.each([
    ["microvm-file", 1],
    ["microvm-file", 7],
    ["virt-aarch64-file", 1],
    ["virt-aarch64-file", 7],
    ["q35-precopy", 7],
    ["q35-postcopy", 7],
    ["q35-multifd", 7],
    ["pc-9.2-xbzrle", 7],
    ["pc-mapped-ram", 4093],
  ] as const)("%s in chunks of %i bytes gives the same items", async (name, chunk) => {
    const { bytes, description } = await readRecording(name);
    const options = description ? { description } : {};
    expect(walk(bytes, options, chunk)).toEqual(walk(bytes, options));
    expect(walk(bytes, {}, chunk)).toEqual(walk(bytes));
  });

  test("how a section ended is told", async () => {
    const { bytes, description } = await readRecording("microvm-file");
    const ends = (options: object) =>
      new Set(
        walk(bytes, options)
          .items.filter(isSection)
          .map(({ idstr, end }) => [idstr, end][1]),
      );
    expect(ends({ description })).toEqual(new Set(["self", "described"]));
    expect(ends({})).toEqual(new Set(["self", "footer"]));
  });
});
