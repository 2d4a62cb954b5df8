/** The edges of what is checked beside the stream: return path, containers, descriptions, texts. */

import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { readFed } from "../../../src/bytes/fed-reader.js";
import { writeCountedString } from "../../../src/migration/wire/counted-string.js";
import { decodeState } from "../../../src/migration/wire/decode-state.js";
import {
  libvirtHeaderSize,
  readLibvirtSaveHeader,
} from "../../../src/migration/wire/libvirt-save-header.js";
import { MultifdWriter } from "../../../src/migration/wire/multifd-writer.js";
import { parseRepeatedJson } from "../../../src/migration/wire/parse-repeated-json.js";
import { readQcow2Snapshots } from "../../../src/migration/wire/qcow2-snapshots.js";
import { qcow2VmState } from "../../../src/migration/wire/qcow2-vm-state.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import { ReturnPathReader } from "../../../src/migration/wire/return-path.js";
import { parseVmDescription } from "../../../src/migration/wire/vm-description.js";
import { bytesOf, concat } from "./bytes.js";
import { testEdges } from "./edges.js";

const text = (value: string) => ({ text: value });
const u32 = (value: number) => value.toString(16).padStart(8, "0");

describe("the return path", () => {
  const request = "0000000000001000 00001000";
  const end = "0123456789abcdef";
  testEdges(
    [
      {
        check: "the first type is SHUT",
        fits: bytesOf("0001 0004 00000000"),
        violates: bytesOf("0000 0004 00000000"),
        message: "return path message of type 0 at byte 0x0",
      },
      {
        check: "the last type is SWITCHOVER_ACK",
        fits: bytesOf("0007 0000"),
        violates: bytesOf("0008 0000"),
        message: "return path message of type 8 at byte 0x0",
      },
      {
        check: "it is not encrypted",
        fits: bytesOf("1602 0000"),
        otherwise: "return path message of type 5634",
        violates: bytesOf("1603 0000"),
        message: "the channel is encrypted",
      },
      {
        check: "SHUT has 4 bytes",
        fits: bytesOf("0001 0004 00000000"),
        violates: bytesOf("0001 0005 00000000 00"),
        message: "message of type 1 with 5 bytes, not 4 at byte 0x2",
      },
      {
        check: "PONG has 4 bytes",
        fits: bytesOf("0002 0004 00000001"),
        violates: bytesOf("0002 0003 000001"),
        message: "message of type 2 with 3 bytes, not 4 at byte 0x2",
      },
      {
        check: "RESUME_ACK has 4 bytes",
        fits: bytesOf("0006 0004 00000001"),
        violates: bytesOf("0006 0005 0000000001"),
        message: "message of type 6 with 5 bytes, not 4 at byte 0x2",
      },
      {
        check: "SWITCHOVER_ACK has none",
        fits: bytesOf("0007 0000"),
        violates: bytesOf("0007 0001 00"),
        message: "message of type 7 with 1 bytes, not 0 at byte 0x2",
      },
      {
        check: "REQ_PAGES has 12 bytes",
        fits: bytesOf("0004 000c", request),
        violates: bytesOf("0004 000d", request, "00"),
        message: "message of type 4 with 13 bytes, not 12 at byte 0x2",
      },
      {
        check: "REQ_PAGES_ID has a name after the 12 bytes",
        fits: bytesOf("0003 000d", request, "00"),
        violates: bytesOf("0003 000c", request),
        message: "request for pages cut short at byte 0x4",
      },
      {
        check: "REQ_PAGES_ID is not longer than the name",
        fits: bytesOf("0003 000e", request, "0161"),
        violates: bytesOf("0003 000f", request, "0161 00"),
        message: "block name of 1 bytes at byte 0x10",
      },
      {
        check: "REQ_PAGES_ID is not shorter than the name",
        fits: bytesOf("0003 000e", request, "0161"),
        violates: bytesOf("0003 000e", request, "0261 61"),
        message: "block name of 2 bytes at byte 0x10",
      },
      {
        check: "an address is below 2^53",
        fits: bytesOf("0004 000c 001fffffffffffff 00001000"),
        violates: bytesOf("0004 000c 0020000000000000 00001000"),
        message: "start of 2^53 or more at byte 0x4",
      },
      {
        check: "RECV_BITMAP has a name",
        fits: bytesOf("0005 0001 00", "0000000000000000", end),
        violates: bytesOf("0005 0000 00", "0000000000000000", end),
        message: "bitmap of no block at byte 0x4",
      },
      {
        check: "RECV_BITMAP is not longer than the name",
        fits: bytesOf("0005 0002 0161", "0000000000000000", end),
        violates: bytesOf("0005 0003 0161", "0000000000000000", end),
        message: "block name of 1 bytes at byte 0x4",
      },
      {
        check: "a bitmap is whole",
        fits: bytesOf("0005 0002 0161", "0000000000000001 ff", end),
        violates: bytesOf("0005 0002 0161", "0000000000000002 ff", end),
        message: "cut short: 10 bytes wanted, 9 left at byte 0xe",
      },
      {
        check: "a bitmap has at most 128 MiB",
        fits: bytesOf("0005 0002 0161", "0000000008000000"),
        otherwise: "cut short: 134217736 bytes wanted",
        violates: bytesOf("0005 0002 0161", "0000000008000001"),
        message: "bitmap of 134217729 bytes at byte 0x6",
      },
      {
        check: "a bitmap has its end mark",
        fits: bytesOf("0005 0002 0161", "0000000000000000 0123456789abcdef"),
        violates: bytesOf("0005 0002 0161", "0000000000000000 0123456789abcdee"),
        message: "no end mark behind the bitmap at byte 0xe",
      },
    ],
    (bytes) => {
      const reader = new ReturnPathReader();
      reader.append(bytes);
      reader.end();
      return [...readFed(reader)];
    },
  );
});

describe("libvirt's header", () => {
  const le = (value: number) => bytesOf(u32(value)).toReversed();
  const header = (magic: string, { version = 2, length = 5, compression = 0 } = {}) =>
    concat(
      bytesOf(text(magic)),
      ...[le(version), le(length), le(1), le(compression)],
      new Uint8Array(60),
      bytesOf(text("<a/>"), "00"),
    );
  testEdges(
    [
      {
        check: "has its magic",
        fits: header("LibvirtQemudSave"),
        violates: header("LibvirtQemudSavf"),
        message: "no save image of libvirt at byte 0x0",
      },
      {
        check: "of a file that is not complete has its magic",
        fits: header("LibvirtQemudPart"),
        violates: header("LibvirtQemudPars"),
        message: "no save image of libvirt at byte 0x0",
      },
      {
        check: "has all of its fixed part",
        fits: header("LibvirtQemudSave", { length: 0 }).subarray(0, 92),
        violates: header("LibvirtQemudSave", { length: 0 }).subarray(0, 91),
        message: "cut short: 92 bytes wanted, 91 left at byte 0x5b",
      },
      {
        check: "has all of its XML",
        fits: header("LibvirtQemudSave", { length: 5 }),
        violates: header("LibvirtQemudSave", { length: 6 }),
        message: "cut short: 98 bytes wanted, 97 left at byte 0x61",
      },
      {
        check: "names a compression up to zstd",
        fits: header("LibvirtQemudSave", { compression: 5 }),
        violates: header("LibvirtQemudSave", { compression: 6 }),
        message: "compression 6 at byte 0x1c",
      },
    ],
    readLibvirtSaveHeader,
  );

  test("is big-endian where the version would be above 65535 else", () => {
    const little = header("LibvirtQemudSave", { version: 0xffff });
    expect(readLibvirtSaveHeader(little)).toMatchObject({ version: 0xffff, xml: "<a/>" });
    const big = header("LibvirtQemudSave", { version: 0x10000, length: 0x5000000 });
    expect(libvirtHeaderSize(big)).toBe(92 + 5);
  });
});

describe("a qcow2 file", () => {
  interface Changes {
    readonly magic?: string;
    readonly clusterBits?: number;
    readonly count?: number;
    readonly size?: number;
    readonly extra?: number;
    readonly entry?: string;
    readonly cut?: number;
  }
  /** A header of 104 bytes in the first of three clusters; the table of snapshots; L1 and L2 in one. */
  const file = (changes: Changes) => {
    const { magic = "514649fb", clusterBits = 9, count = 1, extra = 16 } = changes;
    const { entry = "0000000000000400", size = 8, cut } = changes;
    const header = bytesOf(
      ...[magic, u32(3), "00".repeat(12), u32(clusterBits), "0000000000000000"],
      ...["00".repeat(28), u32(count), "0000000000000200", "00".repeat(32)],
    );
    const table = bytesOf(
      ...["0000000000000400", u32(1), "0001 0001", "00".repeat(16), u32(0), u32(extra)],
      ...["0000000000000000".slice(8), u32(size), "0000000000000000", text("1n")],
    );
    const padded = (bytes: Uint8Array) => concat(bytes, new Uint8Array(512 - bytes.length));
    // The L1 table's only entry points to its own cluster, which is read as the L2 table, too.
    const l1 = bytesOf(entry);
    return concat(padded(header), padded(table), padded(l1), new Uint8Array(512)).slice(0, cut);
  };
  const readState = async (bytes: Uint8Array) => {
    const access = bytesAsRandomAccess(bytes);
    const found = await readQcow2Snapshots(access);
    for (const snapshot of found.snapshots) {
      await qcow2VmState(access, found, snapshot).read(0, snapshot.vmStateSize);
    }
  };
  testEdges(
    [
      {
        check: "has its magic",
        fits: file({}),
        violates: file({ magic: "514649fc" }),
        message: "no qcow2 file at byte 0x0",
      },
      {
        check: "has at least the 72 bytes of version 2",
        fits: file({ cut: 72 }),
        otherwise: "cut short",
        violates: file({ cut: 71 }),
        message: "no qcow2 file at byte 0x0",
      },
      {
        check: "has clusters of 512 bytes or more",
        fits: file({ clusterBits: 9 }),
        violates: file({ clusterBits: 8 }),
        message: "qcow2 cluster size at byte 0x14",
      },
      {
        check: "has clusters of 2 MiB or less",
        fits: file({ clusterBits: 21, size: 0 }),
        violates: file({ clusterBits: 22, size: 0 }),
        message: "qcow2 cluster size at byte 0x14",
      },
      {
        check: "has 65536 snapshots at most",
        fits: file({ count: 65536 }),
        otherwise: "cut short",
        violates: file({ count: 65537 }),
        message: "65537 snapshots at byte 0x3c",
      },
      {
        check: "has entries of 16 MiB at most, names and all",
        fits: file({ extra: 2 ** 24 - 2 }),
        otherwise: "cut short",
        violates: file({ extra: 2 ** 24 - 1 }),
        message: "snapshot entry too long at byte 0x224",
      },
      {
        check: "has no compressed cluster of VM state",
        fits: file({ entry: "0000000000000400" }),
        violates: file({ entry: "4000000000000400" }),
        message: "compressed cluster of VM state at byte 0x400",
      },
      {
        check: "has all of a table",
        fits: file({ cut: 0x408 }),
        violates: file({ cut: 0x407 }),
        message: "cut short: a qcow2 table at byte 0x400",
      },
    ],
    readState,
  );
});

describe("a VMDESCRIPTION", () => {
  const description = (more: object) => JSON.stringify({ page_size: 4096, devices: [], ...more });
  const device = (more: object) =>
    description({ devices: [{ name: "a", instance_id: 0, ...more }] });
  const field = (more: object) => device({ fields: [{ name: "x", type: "u", size: 1, ...more }] });
  const nested = (depth: number): object =>
    depth === 0 ? {} : { subsections: [{ ...nested(depth - 1) }] };
  const structs = (depth: number): object =>
    depth === 0
      ? {}
      : { fields: [{ name: "x", type: "struct", size: 0, struct: structs(depth - 1) }] };
  const lists = (depth: number) => `{"a":${"[".repeat(depth)}${"]".repeat(depth)},`;
  testEdges(
    [
      {
        check: "has pages of 256 bytes or more",
        fits: description({ page_size: 256 }),
        violates: description({ page_size: 128 }),
        message: "not a VMDESCRIPTION: page_size of 128 bytes at byte 0x7",
      },
      {
        check: "has pages of 16 MiB or less",
        fits: description({ page_size: 2 ** 24 }),
        violates: description({ page_size: 2 ** 25 }),
        message: "page_size of 33554432 bytes",
      },
      {
        check: "has pages of a power of two",
        fits: description({ page_size: 4096 }),
        violates: description({ page_size: 4097 }),
        message: "page_size of 4097 bytes",
      },
      {
        check: "has no negative size",
        fits: field({ size: 0 }),
        violates: field({ size: -1 }),
        message: "size is no count",
      },
      {
        check: "has no size of 2^53",
        fits: field({ size: 2 ** 53 - 1 }),
        violates: field({ size: 2 ** 53 }),
        message: "size is no count",
      },
      {
        check: "has whole sizes",
        fits: field({ size: 1 }),
        violates: field({ size: 1.5 }),
        message: "size is no count",
      },
      {
        check: "has indices that are counts",
        fits: field({ index: 0 }),
        violates: field({ index: -1 }),
        message: "index is no count",
      },
      {
        check: "has lengths of arrays that are counts",
        fits: field({ array_len: 0 }),
        violates: field({ array_len: -1 }),
        message: "array_len is no count",
      },
      {
        check: "has versions that are counts",
        fits: device({ version: 0 }),
        violates: device({ version: "0" }),
        message: "version is no count",
      },
      {
        check: "has instances that are counts",
        fits: device({ instance_id: 2 ** 32 - 1 }),
        violates: device({ instance_id: null }),
        message: "instance_id is no count",
      },
      {
        check: "has names that are texts",
        fits: field({ name: "" }),
        violates: field({ name: 0 }),
        message: "name is no string",
      },
      {
        check: "has structs that are objects",
        fits: field({ type: "struct", struct: {} }),
        violates: field({ type: "struct", struct: [] }),
        message: "struct is no object",
      },
      {
        check: "has devices in an array",
        fits: description({ devices: [] }),
        violates: description({ devices: {} }),
        message: "devices is no array",
      },
      {
        check: "nests subsections at most 100 deep",
        fits: device(nested(100)),
        violates: device(nested(101)),
        message: "structs nested too deep",
      },
      {
        check: "nests structs at most 100 deep",
        fits: device(structs(100)),
        violates: device(structs(101)),
        message: "structs nested too deep",
      },
      {
        check: "has fewer than 100 brackets in a row",
        fits: lists(99) + description({}).slice(1),
        violates: lists(100) + description({}).slice(1),
        message: "nested too deep",
      },
    ],
    (json) => parseVmDescription(json, 7),
  );

  test("with lists is nested at most 1000 deep", () => {
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}0${"}".repeat(depth)}`;
    expect(() => parseRepeatedJson(objects(1000))).not.toThrow();
    expect(() => parseRepeatedJson(objects(1001))).toThrow("nested too deep");
  });

  test("leaves no byte of a section over", () => {
    const fields = [{ name: "x", type: "uint8", size: 1 }];
    const state = { vmsdName: "a", version: 1, fields, subsections: [] };
    expect(decodeState(bytesOf("07"), state).fields[0]?.value).toMatchObject({
      kind: "integer",
      value: 7,
    });
    expect(() => decodeState(bytesOf("07 00"), state, 16)).toThrow(
      "1 bytes more than are described at byte 0x11",
    );
  });
});

describe("what is written", () => {
  test("a text with its length has 255 bytes at most", () => {
    const written = (name: string) => {
      const writer = new ByteWriter("big");
      writeCountedString(writer, name);
      return writer.take();
    };
    expect(written(`${"é".repeat(127)}a`).length).toBe(256);
    expect(() => written("é".repeat(128))).toThrow("longer than 255 bytes");
  });

  const packet = { flags: 0, allocated: 128, packetNumber: 1n, block: "a", zero: [] };
  test("a multifd packet has room for 128 pages of 4096 bytes", () => {
    const pages = (count: number) =>
      new MultifdWriter().pages({ ...packet, normal: Array.from({ length: count }, () => 0) });
    expect(pages(128).length).toBe(320 + 1024);
    expect(() => pages(129)).toThrow("129 pages in a packet");
  });

  test("a multifd packet has room for a name of 256 bytes", () => {
    const named = (block: string) => new MultifdWriter().pages({ ...packet, block, normal: [] });
    expect(named("é".repeat(128)).length).toBe(320 + 1024);
    expect(() => named(`${"é".repeat(128)}a`)).toThrow("is too long");
  });
});
