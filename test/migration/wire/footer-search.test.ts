import { describe, expect, test } from "vitest";
import { isSection } from "../../../src/migration/wire/stream-item.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";
import { bytesOf, concat, HEADER } from "./bytes.js";
import { walk } from "./walk.js";

const EOF = bytesOf("00");

/** A section of a device, whole. */
function full(sectionId: number, idstr: string, data: Uint8Array, version = 1): Uint8Array {
  const head = { type: "section-full", sectionId, idstr, instanceId: 0, version } as const;
  return new StreamWriter().sectionHead(head).bytes(data).footer(sectionId).take();
}

const footer = (sectionId: number) => new StreamWriter().footer(sectionId).take();
const withoutEnd = (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 5);

/** The sizes of the sections' data, the same however the bytes come. */
function sizes(...parts: readonly Uint8Array[]): number[] {
  const bytes = concat(HEADER, ...parts);
  const [all, ...others] = [65536, 7, 1].map((chunk) => {
    const { items, error } = walk(bytes, {}, chunk);
    expect(error).toBeUndefined();
    return items.filter(isSection).map(({ dataSize }) => dataSize);
  });
  for (const other of others) expect(other).toEqual(all);
  return all!;
}

describe("the end of a section that nothing describes", () => {
  const cpu = full(3, "cpu", bytesOf("0102"));

  test("is its footer", () => {
    expect(sizes(full(2, "x", bytesOf("0102")), cpu, EOF)).toEqual([2, 2]);
  });

  test("is none behind which no item stands", () => {
    expect(sizes(full(2, "x", concat(footer(2), bytesOf("ff"))), cpu, EOF)).toEqual([6, 2]);
  });

  test("is none of another section", () => {
    expect(sizes(full(2, "x", concat(footer(9), cpu)), cpu, EOF)).toEqual([5 + cpu.length, 2]);
  });

  test("is none behind which the head of a section stands that never ends", () => {
    const fake = concat(footer(2), withoutEnd(full(9, "apic", bytesOf("aabb"))));
    expect(sizes(full(2, "x", fake), cpu, EOF)).toEqual([fake.length, 2]);
  });

  test("is none behind which a section stands, and then nothing that is an item", () => {
    const fake = concat(footer(2), full(9, "apic", bytesOf("aabb")), bytesOf("ff"));
    expect(sizes(full(2, "x", fake), cpu, EOF)).toEqual([fake.length, 2]);
  });

  test.each([
    ["10000, as a watchdog's", 10_000],
    ["a date, as an eeprom's", 2006_11_13],
  ])("may be that before a section whose version is %s", (_, version) => {
    const eeprom = full(3, "0000:00:03.0/eeprom", bytesOf("0102"), version);
    expect(sizes(full(2, "x", bytesOf("0102")), eeprom, EOF)).toEqual([2, 2]);
  });

  test("is none behind which a section stands whose version is none", () => {
    const fake = concat(footer(2), full(9, "apic", bytesOf("aabb"), 0x01020304));
    expect(sizes(full(2, "x", fake), cpu, EOF)).toEqual([fake.length, 2]);
  });

  test("is none behind which a command stands, and then no item", () => {
    const fake = concat(footer(2), bytesOf("08 0004 0000 ff"));
    expect(sizes(full(2, "x", fake), cpu, EOF)).toEqual([fake.length, 2]);
  });

  test("is the first of those that are as good, where the stream is cut", () => {
    const bytes = concat(HEADER, full(2, "x", bytesOf("0102")), withoutEnd(cpu));
    const { items, error } = walk(bytes);
    expect(items[1]).toMatchObject({ dataSize: 2, end: "footer" });
    expect(error?.message).toContain("cut short: no footer of section 3");
  });

  test("may be far from that of the next section", () => {
    const large = new Uint8Array(2 * 1024 * 1024);
    expect(sizes(full(2, "x", bytesOf("0102")), full(3, "vga", large), EOF)).toEqual([
      2,
      large.length,
    ]);
  });

  test("lies within the package", () => {
    const packed = concat(withoutEnd(full(2, "x", bytesOf("0102"))));
    const head = new StreamWriter().command({ name: "PACKAGED", length: packed.length }).take();
    const { error } = walk(concat(HEADER, head, packed, footer(2), cpu, EOF));
    expect(error?.message).toContain(`no footer of section 2 in 2 bytes`);
  });

  test("is found in data that is made of ends and heads only, in a time that the length limits", () => {
    const fake = concat(footer(2), withoutEnd(full(9, "a", new Uint8Array(0))));
    const data = concat(...Array.from({ length: 40_000 }, () => fake));
    const { items } = walk(concat(HEADER, full(2, "x", data), cpu, EOF));
    expect(items.length).toBeGreaterThan(1);
  });
});
