import { describe, expect, test } from "vitest";
import { bytesOf, concat, HEADER } from "./bytes.js";
import { walk } from "./walk.js";

/** A FULL section with that data, read with data kept or not; it must end where the data does. */
function read(idstr: string, data: string, keepData = false) {
  const length = idstr.length.toString(16).padStart(2, "0");
  const head = bytesOf(`04 00000002 ${length}`, { text: idstr }, "00000000 00000001");
  // What follows looks like the end to a search for the footer, too.
  const stream = concat(HEADER, head, bytesOf(data), bytesOf("7e 00000002 00"));
  const { items, error } = walk(stream, { keepData }, 5);
  return { item: items[1], error };
}

const WHOLE: readonly (readonly [name: string, idstr: string, data: string])[] = [
  ["a hash table's size", "spapr/htab", "00000012"],
  ["no hash table", "spapr/htab", "ffffffff"],
  [
    "runs of a hash table",
    "spapr/htab",
    `00000000 00000005 0001 0002 ${"7e00000002".repeat(3)}00 00000000 0000 0000`,
  ],
  [
    "storage attributes, DONE and EOS",
    "s390-storage_attributes",
    "0000000000001002 0000000000000006 7e0000000200 0000000000000008 0000000000000001",
  ],
  ["storage attributes, DONE alone", "s390-storage_attributes", "0000000000000008"],
  ["storage keys", "s390-skeys", "0000000000000002 0000000000000006 7e0000000200 0000000000000001"],
  [
    "a dirty bitmap: start, bits, clean bits, complete",
    "dirty-bitmap",
    "1c 0164 0162 00010000 01 " +
      "40 0000000000000000 00000080 0000000000000006 7e0000000200 " +
      "42 0000000000000080 00000080 20 01",
  ],
  [
    "a device of the host: setup, data, config",
    "0000:00:05.0/vfio",
    "ffffffffef100003 ffffffffef100004 0000000000000006 7e0000000200 ffffffffef100005 " +
      "ffffffffef100002 7e0000000200 ffffffffef100001",
  ],
];

describe("a section that tells its own end", () => {
  test.each(WHOLE)("%s", (_, idstr, data) => {
    const bytes = bytesOf(data);
    const { item, error } = read(idstr, data);
    expect(error).toBeUndefined();
    expect(item).toMatchObject({ idstr, end: "self", dataSize: bytes.length });
    expect(read(idstr, data, true).item).toMatchObject({ data: bytes });
  });

  test.each([
    ["spapr/htab", "00000000 00000005 ffff 0000", "cut short"],
    ["s390-storage_attributes", "0000000000001000", "flags 0x0"],
    ["s390-skeys", "0000000000001008", "flags 0x8"],
    ["dirty-bitmap", "80", "flags 0x80"],
    ["dirty-bitmap", "02", "a chunk of nothing"],
    ["dirty-bitmap", "40 0000000000000000 00000080 ffffffffffffffff", "2^53 or more"],
    ["0000:00:05.0/vfio", "ffffffffef100009", "mark 0xef100009"],
    ["0000:00:05.0/vfio", "0000000000000000", "mark 0x0"],
  ])("%s that is broken: %s", (idstr, data, message) => {
    const { error } = read(idstr, data);
    expect(error?.message).toContain(message);
    expect(error?.path).toEqual([`section 2 "${idstr}"`]);
  });
});
