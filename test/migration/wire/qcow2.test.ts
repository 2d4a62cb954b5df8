/** The VM state in a qcow2 file, against the clusters that were put there. */

import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { readQcow2Snapshots } from "../../../src/migration/wire/qcow2-snapshots.js";
import { qcow2VmState } from "../../../src/migration/wire/qcow2-vm-state.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import { pick, seededRandom } from "../../support/random.js";

interface Snapshot {
  readonly id: string;
  readonly name: string;
  readonly extra: number;
  readonly vmStateSize: number;
}

const zeros = (length: number) => new Uint8Array(length);

/** Header, snapshot table at 4096, L1 table at 8192, then L2 tables and clusters. */
function qcow2(seed: number) {
  const random = seededRandom(seed);
  const clusterBits = pick(random, [9, 10, 12]);
  const cluster = 2 ** clusterBits;
  const version = pick(random, [2, 3]);
  const extended = version === 3 && random(2) === 0;
  const entrySize = extended ? 16 : 8;
  const perL2 = cluster / entrySize;
  const diskClusters = random(2 * perL2);
  const diskSize = diskClusters * cluster + random(cluster);
  const first = Math.ceil(diskSize / (perL2 * cluster));
  const clusters = 1 + random(3 * perL2);
  const vmStateSize = clusters * cluster - random(cluster);
  const state = zeros(clusters * cluster);
  const l1: number[] = Array.from({ length: first }, () => 0);
  const parts: Uint8Array[] = [];
  // Whole clusters, so that each offset is a multiple of 512.
  let end = 16_384;
  const place = (bytes: Uint8Array) => {
    parts.push(bytes);
    end += bytes.length;
    return end - bytes.length;
  };
  for (let table = 0; table * perL2 < clusters; table++) {
    const l2 = new ByteWriter("big");
    for (let index = 0; index < perL2; index++) {
      const at = (table * perL2 + index) * cluster;
      const kind = at < state.length ? random(4) : 0;
      const data = new Uint8Array(cluster).fill(1 + random(255));
      // Not mapped, zeros that are mapped, and data with a flag that means something else.
      if (kind === 0) l2.u64(0);
      else if (kind === 1) l2.u64(place(data) + 1);
      else {
        state.set(data, at);
        l2.u64(2n ** 63n + BigInt(place(data)));
      }
      if (extended) l2.u64(0);
    }
    l1.push(random(5) === 0 ? 0 : place(l2.take()));
    if (l1.at(-1) === 0) state.fill(0, table * perL2 * cluster, (table + 1) * perL2 * cluster);
  }
  const l1Size = random(4) === 0 ? Math.max(1, l1.length - 1) : l1.length;
  state.fill(0, Math.max(0, (l1Size - first) * perL2 * cluster));

  const snapshots: Snapshot[] = [
    { id: "1", name: "é", extra: 0, vmStateSize: 77 },
    { id: "22", name: "other", extra: 8, vmStateSize: 2 ** 33 },
    { id: "3", name: "", extra: 24, vmStateSize },
  ];
  const table = new ByteWriter("big");
  for (const { id, name, extra, vmStateSize } of snapshots) {
    table.u64(8192).u32(l1Size).u16(id.length).u16(Buffer.from(name).length);
    table
      .bytes(zeros(16))
      .u32(extra === 0 ? vmStateSize : 5)
      .u32(extra);
    if (extra >= 8) table.u64(vmStateSize);
    if (extra >= 16) table.u64(diskSize);
    table.bytes(zeros(Math.max(0, extra - 16)));
    table.bytes(Buffer.from(id)).bytes(Buffer.from(name));
    table.bytes(zeros((8 - (table.length % 8)) % 8));
  }
  const header = new ByteWriter("big").u32(0x514649fb).u32(version).u64(0).u32(0).u32(clusterBits);
  header
    .u64(diskSize + 5)
    .u32(0)
    .u32(1)
    .u64(0)
    .u64(0)
    .u32(0)
    .u32(snapshots.length)
    .u64(4096);
  // What is there in version 2 means nothing.
  header
    .u64(extended ? 16 : version === 2 ? 16 : 0)
    .u64(0)
    .u64(0)
    .u32(4)
    .u32(104);
  const l1Bytes = new ByteWriter("big");
  for (const offset of l1) l1Bytes.u64(offset);
  const bytes = zeros(end);
  bytes.set(header.take());
  bytes.set(table.take(), 4096);
  bytes.set(l1Bytes.take(), 8192);
  let at = 16_384;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return {
    bytes,
    diskSize,
    clusterBits,
    extended,
    snapshots,
    l1Size,
    state: state.subarray(0, vmStateSize),
  };
}

describe.each(Array.from({ length: 30 }, (_, seed) => seed))("the file of seed %i", (seed) => {
  const made = qcow2(seed);
  const file = bytesAsRandomAccess(made.bytes);

  test("has its snapshots", async () => {
    const { clusterBits, extended: extendedL2, snapshots, diskSize, l1Size } = made;
    expect(await readQcow2Snapshots(file)).toEqual({
      ...{ clusterBits, extendedL2 },
      snapshots: snapshots.map(({ id, name, extra, vmStateSize }) => ({
        ...{ id, name, vmStateSize, l1Offset: 8192, l1Size },
        // Of a short entry, it is the disk's size now.
        diskSize: extra >= 16 ? diskSize : diskSize + 5,
      })),
    });
  });

  test("has the VM state of one, wherever it is read", async () => {
    const random = seededRandom(seed);
    const read = await readQcow2Snapshots(file);
    const state = qcow2VmState(file, read, read.snapshots[2]!);
    expect(state.size).toBe(made.state.length);
    expect(Buffer.compare(await state.read(0, state.size + 100), made.state)).toBe(0);
    for (let run = 0; run < 5; run++) {
      const offset = random(state.size);
      const length = random(5000);
      const expected = made.state.subarray(offset, offset + length);
      expect(Buffer.compare(await state.read(offset, length), expected)).toBe(0);
    }
    expect((await state.read(state.size, 5)).length).toBe(0);
    expect((await state.read(state.size + 5, 5)).length).toBe(0);
  });
});
