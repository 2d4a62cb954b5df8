import { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import type { RandomAccess } from "./random-access.js";

/** An internal snapshot of a qcow2 file (QEMU docs/interop/qcow2: snapshots). */
export interface Qcow2Snapshot {
  readonly id: string;
  readonly name: string;
  /** Bytes of the saved machine; 0 if the snapshot is of the disk only. */
  readonly vmStateSize: number;
  /** Bytes of the disk when the snapshot was made. */
  readonly diskSize: number;
  readonly l1Offset: number;
  /** Entries of the L1 table. */
  readonly l1Size: number;
}

/** What of a qcow2 file is needed to find its snapshots. */
export interface Qcow2File {
  readonly clusterBits: number;
  /** Entries of the L2 tables have 16 bytes instead of 8. */
  readonly extendedL2: boolean;
  readonly snapshots: readonly Qcow2Snapshot[];
}

const MAGIC = 0x514649fb;
const HEADER_SIZE = 104;
const EXTENDED_L2 = 1n << 4n;
/** QEMU block/qcow2.h: QCOW_MAX_SNAPSHOTS, QCOW_MAX_SNAPSHOTS_SIZE. */
const MAX_SNAPSHOTS = 65_536;
const MAX_ENTRY = 16 * 1024 * 1024;

/** Reads a qcow2 file's snapshot table. Throws `DecodeError`. */
export async function readQcow2Snapshots(file: RandomAccess): Promise<Qcow2File> {
  const header = new ByteWindow("big", await file.read(0, HEADER_SIZE));
  if (header.available < HEADER_SIZE - 32 || header.u32() !== MAGIC) {
    throw new DecodeError("no qcow2 file", 0);
  }
  const version = header.u32();
  header.skip(12);
  const clusterBits = header.u32();
  if (clusterBits < 9 || clusterBits > 21) throw new DecodeError("qcow2 cluster size", 20);
  const diskSize = header.size64("disk size");
  header.skip(28);
  const count = header.u32();
  const offset = header.size64("offset of the snapshots");
  if (count > MAX_SNAPSHOTS) throw new DecodeError(`${count} snapshots`, 60);
  const extendedL2 = version >= 3 && (header.u64() & EXTENDED_L2) !== 0n;
  return { clusterBits, extendedL2, snapshots: await readTable(file, offset, count, diskSize) };
}

async function readTable(
  file: RandomAccess,
  offset: number,
  count: number,
  diskSize: number,
): Promise<Qcow2Snapshot[]> {
  const snapshots: Qcow2Snapshot[] = [];
  for (let at = offset; snapshots.length < count; ) {
    const { snapshot, size } = await readEntry(file, at, diskSize);
    snapshots.push(snapshot);
    at += size;
  }
  return snapshots;
}

/** An entry: 40 fixed bytes, extra data, id, name, padding to 8 bytes. */
async function readEntry(file: RandomAccess, offset: number, currentSize: number) {
  const fixed = new ByteWindow("big", await file.read(offset, 40), offset);
  const l1Offset = fixed.size64("offset of an L1 table");
  const l1Size = fixed.u32();
  const idSize = fixed.u16();
  const nameSize = fixed.u16();
  fixed.skip(16);
  const shortVmStateSize = fixed.u32();
  const extraSize = fixed.u32();
  const length = extraSize + idSize + nameSize;
  if (length > MAX_ENTRY) throw new DecodeError("snapshot entry too long", offset + 36);
  const rest = new ByteWindow("big", await file.read(offset + 40, length), offset + 40);
  const long = extraSize >= 8;
  const vmStateSize = long ? rest.size64("size of the VM state") : shortVmStateSize;
  const diskSize = extraSize >= 16 ? rest.size64("disk size") : currentSize;
  rest.skip(offset + 40 + extraSize - rest.offset);
  const id = decodeUtf8(rest.bytes(idSize));
  const name = decodeUtf8(rest.bytes(nameSize));
  const snapshot = { id, name, vmStateSize, diskSize, l1Offset, l1Size };
  return { snapshot, size: Math.ceil((40 + length) / 8) * 8 };
}
