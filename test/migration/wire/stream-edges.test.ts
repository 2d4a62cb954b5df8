/** The edges of what a stream's reader checks: items, commands, sections, configuration. */

import { describe, expect, test } from "vitest";
import type { StreamReaderOptions } from "../../../src/migration/wire/stream-reader-options.js";
import { bytesOf, concat, HEADER } from "./bytes.js";
import { testEdges } from "./edges.js";
import { walk } from "./walk.js";

const text = (value: string) => ({ text: value });
const u32 = (value: number) => value.toString(16).padStart(8, "0");

/** Reads a stream in one piece, then byte by byte, which must end in the same error. */
function read(stream: Uint8Array, options: StreamReaderOptions = {}): void {
  const whole = walk(stream, options).error;
  if (stream.length < 10_000) {
    expect(walk(stream, options, 1).error?.message).toBe(whole?.message);
  }
  if (whole) throw whole;
}

/** Reads items after a header, which is 17 bytes long. */
const readItems = (items: Uint8Array) => read(concat(HEADER, items));

describe("what begins a stream", () => {
  testEdges(
    [
      {
        check: "the magic",
        fits: bytesOf("5145564d 00000003 00"),
        violates: bytesOf("5145564e 00000003 00"),
        message: 'not a migration stream: magic 0x5145564e, not "QEVM" at byte 0x0',
      },
      {
        check: "the version is not above 3",
        fits: bytesOf("5145564d 00000003 00"),
        violates: bytesOf("5145564d 00000004 00"),
        message: "version 4 is unknown at byte 0x4",
      },
      {
        check: "the version is not below 3",
        fits: bytesOf("5145564d 00000003 00"),
        violates: bytesOf("5145564d 00000002 00"),
        message: "version 2 is of before 2009 at byte 0x4",
      },
      {
        check: "it is not a TLS handshake",
        fits: bytesOf("1602 0000"),
        otherwise: "magic 0x16020000",
        violates: bytesOf("1603 0000"),
        message: "the channel is encrypted",
      },
    ],
    read,
  );
});

describe("items", () => {
  const json = '{"page_size":4096,"devices":[]}';
  testEdges(
    [
      {
        check: "none follows EOF",
        fits: bytesOf("00"),
        violates: bytesOf("00 00"),
        message: "bytes behind the end at byte 0x12",
      },
      {
        check: "none follows VMDESCRIPTION",
        fits: bytesOf("00 06", u32(json.length), text(json)),
        violates: bytesOf("00 06", u32(json.length), text(json), "00"),
        message: "bytes behind the end at byte 0x36",
      },
      {
        check: "VMDESCRIPTION has all of its length",
        fits: bytesOf("00 06", u32(json.length), text(json)),
        violates: bytesOf("00 06", u32(json.length + 1), text(json)),
        message: "cut short: 32 bytes wanted, 31 left at byte 0x17",
      },
      {
        check: "VMDESCRIPTION is not longer than 64 MiB",
        fits: bytesOf("00 06 04000000"),
        otherwise: "cut short: 67108864 bytes wanted",
        violates: bytesOf("00 06 04000001"),
        message: "VMDESCRIPTION of 67108865 bytes at byte 0x13",
      },
      {
        check: "the highest type below SUBSECTION",
        fits: bytesOf("08 0008 0000", "04 00000000 0161 00000000 00000001 7e 00000000 00"),
        violates: bytesOf("08 0008 0000", "05 00000000 0161 00000000 00000001 7e 00000000 00"),
        message: "unknown item type 0x5 at byte 0x16",
      },
      {
        check: "the last type before the footer's is COMMAND",
        fits: bytesOf("08 0008 0000 00"),
        violates: bytesOf("09 0008 0000 00"),
        message: "unknown item type 0x9 at byte 0x11",
      },
    ],
    readItems,
  );
});

describe("the configuration", () => {
  const configuration = (...parts: readonly (string | { readonly text: string })[]) =>
    bytesOf("5145564d 00000003 07", ...parts, "00");
  const name = (length: number) => configuration(u32(length), text("m".repeat(length)));
  const bits = (value: number, version = 1) =>
    configuration(
      ...["00000001 6d 05 1e", text("configuration/target-page-bits")],
      ...[u32(version), u32(value)],
    );
  const uuid = (subsection: string) =>
    configuration("00000001 6d 05 12", text(subsection), "00000001", "00".repeat(16));
  const capabilities = (count: number) =>
    configuration(
      ...["00000001 6d 05 1a", text("configuration/capabilities"), "00000001", u32(count)],
      ...["0a", text("mapped-ram"), "0f", text("x-ignore-shared")],
    );
  testEdges(
    [
      {
        check: "the machine's name has at most 4096 bytes",
        fits: name(4096),
        violates: name(4097),
        message: "machine name of 4097 bytes at byte 0x9",
      },
      {
        check: "a page has at least 2^10 bytes",
        fits: bits(10),
        violates: bits(9),
        message: "target page of 9 bits at byte 0x32",
      },
      {
        check: "a page has at most 2^24 bytes",
        fits: bits(24),
        violates: bits(25),
        message: "target page of 25 bits at byte 0x32",
      },
      {
        check: "a subsection is of version 1",
        fits: bits(12, 1),
        violates: bits(12, 2),
        message: "configuration/target-page-bits of version 2 at byte 0x2e",
      },
      {
        check: "a subsection is known",
        fits: uuid("configuration/uuid"),
        violates: uuid("configuration/uuie"),
        message: 'unknown subsection "configuration/uuie" at byte 0xe',
      },
      {
        check: "there are as many capabilities as are counted",
        fits: capabilities(2),
        violates: capabilities(3),
        message: "cut short",
      },
      {
        check: "there are not more capabilities than are counted",
        fits: capabilities(2),
        violates: capabilities(1),
        message: "unknown item type 0xf",
      },
    ],
    read,
  );
});

describe("commands", () => {
  const discard = (version: string, zero: string, ranges: string) => {
    const payload = `${version} 0161 ${zero} ${ranges}`;
    const length = payload.replaceAll(" ", "").length / 2;
    return bytesOf("08 0006", u32(length).slice(4), payload, "00");
  };
  const range = "0000000000001000 0000000000002000";
  testEdges(
    [
      {
        check: "the first is number 1",
        fits: bytesOf("08 0001 0000 00"),
        violates: bytesOf("08 0000 0000 00"),
        message: "unknown command 0 at byte 0x12",
      },
      {
        check: "the last is number 11",
        fits: bytesOf("08 000b 0000 00"),
        violates: bytesOf("08 000c 0000 00"),
        message: "unknown command 12 at byte 0x12",
      },
      {
        check: "SWITCHOVER_START has no payload",
        fits: bytesOf("08 000b 0000 00"),
        violates: bytesOf("08 000b 0001 00 00"),
        message: "SWITCHOVER_START with 1 bytes of payload, not 0 at byte 0x14",
      },
      {
        check: "PING has a payload of 4 bytes, not 3",
        fits: bytesOf("08 0002 0004 00000001 00"),
        violates: bytesOf("08 0002 0003 000001 00"),
        message: "PING with 3 bytes of payload, not 4 at byte 0x14",
      },
      {
        check: "PING has a payload of 4 bytes, not 5",
        fits: bytesOf("08 0002 0004 00000001 00"),
        violates: bytesOf("08 0002 0005 0000000001 00"),
        message: "PING with 5 bytes of payload, not 4 at byte 0x14",
      },
      {
        check: "a payload has all of its length",
        fits: bytesOf("08 0002 0004 00000001 00"),
        violates: bytesOf("08 0002 0004 000001"),
        message: "cut short: 4 bytes wanted, 3 left at byte 0x16",
      },
      {
        check: "POSTCOPY_ADVISE has nothing or more than 15 bytes",
        fits: bytesOf("08 0003 0000 00"),
        violates: bytesOf("08 0003 000f 0000000000001000 00000000001000 00"),
        message: "cut short: 4 bytes wanted, 3 left at byte 0x22 in command POSTCOPY_ADVISE",
      },
      {
        check: "POSTCOPY_ADVISE has not more than 16 bytes",
        fits: bytesOf("08 0003 0010 0000000000001000 0000000000001000 00"),
        violates: bytesOf("08 0003 0011 0000000000001000 0000000000001000 00 00"),
        message: "1 bytes too many at byte 0x26 in command POSTCOPY_ADVISE",
      },
      {
        check: "a page size is below 2^53",
        fits: bytesOf("08 0003 0010 001fffffffffffff 0000000000001000 00"),
        violates: bytesOf("08 0003 0010 0020000000000000 0000000000001000 00"),
        message: "page size summary of 2^53 or more at byte 0x16 in command POSTCOPY_ADVISE",
      },
      {
        check: "POSTCOPY_RAM_DISCARD is of version 0",
        fits: discard("00", "00", range),
        violates: discard("01", "00", range),
        message: "version 1 at byte 0x16 in command POSTCOPY_RAM_DISCARD",
      },
      {
        check: "a byte of 0 follows the block's name",
        fits: discard("00", "00", range),
        violates: discard("00", "01", range),
        message: "1 behind the name, not 0 at byte 0x19 in command POSTCOPY_RAM_DISCARD",
      },
      {
        check: "a range has 16 bytes, not 15",
        fits: discard("00", "00", range),
        violates: discard("00", "00", range.slice(0, -2)),
        message: "cut short: 4 bytes wanted, 3 left",
      },
      {
        check: "a range has 16 bytes, not 17",
        fits: discard("00", "00", range),
        violates: discard("00", "00", `${range} 00`),
        message: "cut short: 4 bytes wanted, 1 left",
      },
      {
        check: "RECV_BITMAP has the name of a block and nothing else",
        fits: bytesOf("08 000a 0002 0161 00"),
        violates: bytesOf("08 000a 0003 016100 00"),
        message: "1 bytes too many at byte 0x18 in command RECV_BITMAP",
      },
      {
        check: "RECV_BITMAP has all of the name",
        fits: bytesOf("08 000a 0002 0161 00"),
        violates: bytesOf("08 000a 0002 0261 00"),
        message: "cut short: 2 bytes wanted, 1 left at byte 0x17 in command RECV_BITMAP",
      },
    ],
    readItems,
  );
});

describe("a package", () => {
  const listen = "08 0004 0000";
  testEdges(
    [
      {
        check: "is not shorter than its items",
        fits: bytesOf("08 0007 0004 0000000a", listen, listen, "00"),
        violates: bytesOf("08 0007 0004 00000009", listen, listen, "00"),
        message: "a package of 9 bytes ends within an item at byte 0x1f",
      },
      {
        check: "is not longer than its items",
        fits: bytesOf("08 0007 0004 0000000a", listen, listen, "00"),
        violates: bytesOf("08 0007 0004 0000000b", listen, listen, "00"),
        message: "EOF within a package at byte 0x24",
      },
      {
        check: "has no EOF",
        fits: bytesOf("08 0007 0004 00000005", listen, "00"),
        violates: bytesOf("08 0007 0004 00000006", listen, "00", "00"),
        message: "EOF within a package at byte 0x1f",
      },
      {
        check: "is not in a package",
        fits: bytesOf("08 0007 0004 00000000", "08 0007 0004 00000000", "00"),
        violates: bytesOf("08 0007 0004 00000009", "08 0007 0004 00000000", "00"),
        message: "PACKAGED within PACKAGED at byte 0x1a",
      },
    ],
    readItems,
  );
});

describe("sections", () => {
  const full = "04 00000001 0161 00000000 00000001";
  const htab = (id: string) => bytesOf("01", id, "0a", text("spapr/htab"), "00000000 00000001");
  const part = "0000 0011";
  testEdges(
    [
      {
        check: "a footer has the section's id",
        fits: concat(htab("00000001"), bytesOf(part, "7e 00000001 00")),
        violates: concat(htab("00000001"), bytesOf(part, "7e 00000002 00")),
        message: 'footer of section 2 at byte 0x2e in section 1 "spapr/htab"',
      },
      {
        check: "a part is of a section that began",
        fits: concat(
          htab("00000001"),
          bytesOf(part, "7e 00000001 02 00000001", part, "7e 00000001 00"),
        ),
        violates: concat(
          htab("00000001"),
          bytesOf(part, "7e 00000001 02 00000002", part, "7e 00000002 00"),
        ),
        message: "section 2 goes on, but never began at byte 0x33",
      },
      {
        check: "a footer follows each section where it follows the first",
        fits: concat(
          htab("00000001"),
          bytesOf(part, "7e 00000001 03 00000001", part, "7e 00000001 00"),
        ),
        violates: concat(htab("00000001"), bytesOf(part, "7e 00000001 03 00000001", part, "00")),
        message: 'no footer, but 0x0 at byte 0x3b in section 1 "spapr/htab"',
      },
      {
        check: "a section of unknown length needs a footer",
        fits: bytesOf(full, "aabb 7e 00000001 00"),
        violates: bytesOf(full, "aabb 7e 00000002 00"),
        message: 'cut short: no footer of section 1 at byte 0x28 in section 1 "a"',
      },
      {
        check: "the footer is within the package",
        fits: bytesOf("08 0007 0004 00000015", full, "aa 7e 00000001", "00"),
        violates: bytesOf("08 0007 0004 00000014", full, "aa 7e 00000001", "00"),
        message: 'no footer of section 1 in 5 bytes at byte 0x29 in section 1 "a"',
      },
    ],
    readItems,
  );
});

describe("a described section", () => {
  const device = (fields: readonly object[], subsections: readonly object[] = []) => ({
    pageSize: 4096,
    devices: [
      {
        ...{ name: "a", instanceId: 0, vmsdName: "a", version: 1 },
        ...{ fields, subsections },
      },
    ],
  });
  const word = { name: "x", type: "uint32", size: 4 };
  const inner = { vmsdName: "i", version: 1, fields: [word], subsections: [] };
  const sub = { vmsdName: "a/s", version: 2, fields: [word], subsections: [] };
  const readDescribed = ([description, data]: readonly [object, string]) => {
    const head = "04 00000001 0161 00000000 00000001";
    read(concat(HEADER, bytesOf(head, data, "7e 00000001 00")), {
      description: description as NonNullable<StreamReaderOptions["description"]>,
    });
  };
  testEdges<readonly [object, string]>(
    [
      {
        check: "has all bytes of its fields",
        fits: [device([word]), "00000001"],
        violates: [device([word]), "000001"],
        message: 'no footer, but 0x0 at byte 0x24 in section 1 "a"',
      },
      {
        check: "is not more than 256 MiB",
        fits: [device([{ ...word, size: 256 * 2 ** 20 }]), ""],
        otherwise: "cut short: 268435456 bytes wanted",
        violates: [device([{ ...word, size: 256 * 2 ** 20 + 1 }]), ""],
        message: "described as 268435457 bytes at byte 0x20",
      },
      {
        check: "a struct is as long as its fields",
        fits: [device([{ name: "s", type: "struct", size: 4, struct: inner }]), "00000001"],
        violates: [device([{ name: "s", type: "struct", size: 5, struct: inner }]), "0000000100"],
        message: "4 bytes, where the description says 5 at byte 0x20",
      },
      {
        check: "a subsection begins with its type",
        fits: [device([], [sub]), "05 03 612f73 00000002 00000001"],
        violates: [device([], [sub]), "06 03 612f73 00000002 00000001"],
        message: "no subsection, but 0x6 at byte 0x20",
      },
      {
        check: "a subsection has the name that is described",
        fits: [device([], [sub]), "05 03 612f73 00000002 00000001"],
        violates: [device([], [sub]), "05 03 612f74 00000002 00000001"],
        message: 'subsection "a/t" at byte 0x20',
      },
      {
        check: "a subsection is of the version that is described",
        fits: [device([], [sub]), "05 03 612f73 00000002 00000001"],
        violates: [device([], [sub]), "05 03 612f73 00000003 00000001"],
        message: "version 3 instead of 2 at byte 0x25",
      },
    ],
    readDescribed,
  );
});

describe("sections that tell their own end", () => {
  const section = (idstr: string) => (data: string) =>
    bytesOf(
      ...["04 00000001", u32(idstr.length).slice(6), text(idstr), "00000000 00000001"],
      ...[data, "7e 00000001 00"],
    );
  const bitmap = section("dirty-bitmap");
  const keys = section("s390-skeys");
  const attributes = section("s390-storage_attributes");
  const htab = section("spapr/htab");
  const vfio = section("a/vfio");
  const end = "ffffffffef100001";
  testEdges(
    [
      {
        check: "the flags of a dirty bitmap have one byte",
        fits: bitmap("7e 0161 0162 00000000 00 01"),
        violates: bitmap("fe 0161 0162 00000000 00 01"),
        message: "flags 0xfe",
      },
      {
        check: "a chunk of a dirty bitmap says something",
        fits: bitmap("20 01"),
        violates: bitmap("02 01"),
        message: "a chunk of nothing, flags 0x2",
      },
      {
        check: "the bits of a dirty bitmap are as many as are told",
        fits: bitmap(`40 ${"00".repeat(12)} 0000000000000002 aaaa 01`),
        violates: bitmap(`40 ${"00".repeat(12)} 0000000000000001 aaaa 01`),
        message: "flags 0xaa",
      },
      {
        check: "the start of a dirty bitmap has 5 bytes",
        fits: bitmap("10 0000000000 01"),
        violates: bitmap("10 000000000000 01"),
        message: "a chunk of nothing, flags 0x0",
      },
      {
        check: "flags of storage keys are known",
        fits: keys("0000000000001004 0000000000000001"),
        violates: keys("0000000000001008 0000000000000001"),
        message: "flags 0x8",
      },
      {
        check: "storage keys are as many as are told",
        fits: keys("0000000000000002 0000000000000001 06 0000000000000001"),
        violates: keys("0000000000000002 0000000000000002 06 0000000000000001"),
        message: "cut short",
      },
      {
        check: "flags of storage attributes are known",
        fits: attributes("0000000000000008 0000000000000001"),
        violates: attributes("0000000000000010 0000000000000001"),
        message: "flags 0x10",
      },
      {
        check: "a hash table of entries begins with 0",
        fits: htab("00000000 00000000 0000 0000"),
        violates: htab("00000001 00000000 0000 0000"),
        message: "no footer, but 0x0",
      },
      {
        check: "a run of a hash table has its valid entries",
        fits: htab(`00000000 00000001 0001 0000 ${"aa".repeat(16)} 00000000 0000 0000`),
        violates: htab(`00000000 00000001 0002 0000 ${"aa".repeat(16)} 00000000 0000 0000`),
        message: "cut short",
      },
      {
        check: "only a run of zeros ends a hash table",
        fits: htab("00000000 00000000 0000 0001 00000000 0000 0000"),
        violates: htab("00000000 00000000 0000 0001 00000000 0001 0000"),
        message: "cut short",
      },
      {
        check: "the mark of a device of the host begins with ones",
        fits: vfio(end),
        violates: vfio("fffffffeef100001"),
        message: "mark 0xfffffffe…",
      },
      {
        check: "the first mark is END_OF_STATE",
        fits: vfio(end),
        violates: vfio("ffffffffef100000"),
        message: "mark 0xef100000",
      },
      {
        check: "the last mark is INIT_DATA_SENT",
        fits: vfio(`ffffffffef100005 ${end}`),
        violates: vfio(`ffffffffef100006 ${end}`),
        message: "mark 0xef100006",
      },
      {
        check: "data of a device of the host are as long as is told",
        fits: vfio(`ffffffffef100004 0000000000000002 aaaa ${end}`),
        violates: vfio(`ffffffffef100004 0000000000000001 aaaa ${end}`),
        message: "mark 0xaaffffff…",
      },
    ],
    readItems,
  );

  test("each of two runs of a hash table ends it only where all three numbers are 0", () => {
    for (const run of ["00000001 0000 0000", "00000000 0000 0001"]) {
      const { items, error } = walk(concat(HEADER, htab(`00000000 ${run} 00000000 0000 0000`)));
      expect(error).toBeUndefined();
      expect(items[1]).toMatchObject({ dataSize: 20, end: "self" });
    }
  });
});
