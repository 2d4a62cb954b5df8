import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import {
  libvirtHeaderSize,
  readLibvirtSaveHeader,
  writeLibvirtSaveHeader,
} from "../../../src/migration/wire/libvirt-save-header.js";
import { readQcow2Snapshots } from "../../../src/migration/wire/qcow2-snapshots.js";
import { qcow2VmState } from "../../../src/migration/wire/qcow2-vm-state.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import { detectWrapping } from "../../../src/migration/wire/stream-wrapping.js";
import { bytesOf, concat } from "./bytes.js";

test.each([
  ["stream", "5145564d 00000003"],
  ["gzip", "1f8b08"],
  ["zstd", "28b52ffd"],
  ["qcow2", "514649fb 00000003"],
  ["libvirt", "4c6962766972745165 6d756453617665"],
  ["tls", "16030101"],
  ["unknown", "00"],
])("%s is known by its first bytes", (wrapping, head) => {
  expect(detectWrapping(bytesOf(head))).toBe(wrapping);
});

describe("libvirt's header", () => {
  const header = {
    version: 2,
    wasRunning: true,
    compression: "zstd",
    complete: true,
    xml: "<domain/>",
  } as const;

  test("is read as it was written", () => {
    const bytes = writeLibvirtSaveHeader(header);
    expect(libvirtHeaderSize(bytes)).toBe(bytes.length);
    expect(readLibvirtSaveHeader(bytes)).toEqual({ ...header, streamOffset: 92 + 10 });
  });

  test("in the order of a big-endian host", () => {
    const bytes = writeLibvirtSaveHeader(header);
    for (let at = 16; at < 92; at += 4) bytes.subarray(at, at + 4).reverse();
    expect(readLibvirtSaveHeader(bytes)).toMatchObject(header);
  });

  test.each([
    [
      "cut short",
      (bytes: Uint8Array) => bytes.subarray(0, 95),
      "cut short: 102 bytes wanted, 95 left",
    ],
    ["of another kind", (bytes: Uint8Array) => bytes.fill(0, 0, 16), "no save image of libvirt"],
    ["of an unknown compression", (bytes: Uint8Array) => bytes.fill(9, 28, 29), "compression 9"],
  ])("%s", (_, change, message) => {
    expect(() => readLibvirtSaveHeader(change(writeLibvirtSaveHeader(header)))).toThrow(message);
  });
});

/** A qcow2 file of clusters of 512 bytes: a disk of 1 cluster, and a snapshot with 3 of VM state. */
function qcow2(snapshots = 1): Uint8Array {
  const cluster = 512;
  const header = new ByteWriter("big").u32(0x514649fb).u32(2).u64(0).u32(0).u32(9).u64(512).u32(0);
  header
    .u32(1)
    .u64(0)
    .u64(0)
    .u32(0)
    .u32(snapshots)
    .u64(cluster)
    .u64(0)
    .u64(0)
    .u64(0)
    .u32(4)
    .u32(104);
  const table = new ByteWriter("big")
    .u64(2 * cluster)
    .u32(2)
    .u16(1)
    .u16(5);
  table
    .u32(0)
    .u32(0)
    .u64(0)
    .u32(0)
    .u32(16)
    .u64(1300)
    .u64(512)
    .bytes(bytesOf({ text: "1first" }));
  // The disk is mapped by the first L1 entry, the VM state by the second.
  const l1 = new ByteWriter("big").u64(0).u64(3 * cluster);
  const l2 = new ByteWriter("big")
    .u64(4 * cluster)
    .u64(0)
    .u64(5 * cluster);
  const padded = (bytes: Uint8Array) => concat(bytes, new Uint8Array(cluster - bytes.length));
  const data = [1, 2].map((value) => new Uint8Array(cluster).fill(value));
  return concat(...[header, table, l1, l2].map((part) => padded(part.take())), ...data);
}

describe("a qcow2 file", () => {
  test("its snapshots, and the VM state of one, with a hole", async () => {
    const access = bytesAsRandomAccess(qcow2());
    const file = await readQcow2Snapshots(access);
    expect(file.snapshots).toMatchObject([
      { id: "1", name: "first", vmStateSize: 1300, diskSize: 512 },
    ]);
    const state = qcow2VmState(access, file, file.snapshots[0]!);
    const bytes = await state.read(0, 2000);
    expect(bytes.length).toBe(1300);
    expect([bytes[0], bytes[511], bytes[512], bytes[1023], bytes[1024], bytes[1299]]).toEqual([
      1, 1, 0, 0, 2, 2,
    ]);
    expect([...(await state.read(510, 4))]).toEqual([1, 1, 0, 0]);
  });

  test.each([
    ["more snapshots than there can be", qcow2(70_000), "70000 snapshots"],
    ["a table that is cut short", qcow2().subarray(0, 530), "cut short"],
    ["no qcow2 file", new Uint8Array(200), "no qcow2 file"],
  ])("%s", async (_, bytes, message) => {
    await expect(readQcow2Snapshots(bytesAsRandomAccess(bytes))).rejects.toThrow(message);
  });
});
