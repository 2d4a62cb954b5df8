import { DecodeError } from "../../bytes/decode-error.js";
import type { Qcow2File, Qcow2Snapshot } from "./qcow2-snapshots.js";
import type { RandomAccess } from "./random-access.js";

/** The bits of an L1 or L2 entry that are an offset in the file. */
const OFFSET_MASK = 0x00ff_ffff_ffff_fe00n;
const COMPRESSED = 1n << 62n;
const ZERO = 1n;

/** Tables that are kept, the last ones used. */
const CACHED_TABLES = 16;

/**
 * The VM state of a snapshot as a file of its own: it lies in the snapshot's mapping behind the
 * disk, from the first address on that an L1 entry of its own has (QEMU block/qcow2.h:
 * qcow2_vm_state_offset).
 */
export function qcow2VmState(
  file: RandomAccess,
  { clusterBits, extendedL2 }: Qcow2File,
  snapshot: Qcow2Snapshot,
): RandomAccess {
  const l2Bits = clusterBits - (extendedL2 ? 4 : 3);
  const perL1 = 2 ** (clusterBits + l2Bits);
  const begin = Math.ceil(snapshot.diskSize / perL1) * perL1;
  const mapping = new Mapping(file, snapshot, clusterBits, l2Bits, extendedL2 ? 16 : 8);
  const clusterSize = 2 ** clusterBits;
  return {
    size: snapshot.vmStateSize,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, snapshot.vmStateSize - offset)));
      for (let at = 0; at < bytes.length; ) {
        const guest = begin + offset + at;
        const within = guest % clusterSize;
        const part = Math.min(clusterSize - within, bytes.length - at);
        const host = await mapping.find(guest - within);
        // A cluster that is not mapped holds zeros.
        if (host !== undefined) bytes.set(await file.read(host + within, part), at);
        at += part;
      }
      return bytes;
    },
  };
}

/** Where guest clusters lie in the file. */
class Mapping {
  readonly #tables = new Map<number, DataView>();

  constructor(
    readonly file: RandomAccess,
    readonly snapshot: Qcow2Snapshot,
    readonly clusterBits: number,
    readonly l2Bits: number,
    readonly entrySize: number,
  ) {}

  /** Offset in the file of a cluster; `undefined` if it holds zeros. */
  async find(guest: number): Promise<number | undefined> {
    const cluster = guest / 2 ** this.clusterBits;
    const l1Index = Math.floor(cluster / 2 ** this.l2Bits);
    if (l1Index >= this.snapshot.l1Size) return undefined;
    const l1 = await this.#table(this.snapshot.l1Offset, this.snapshot.l1Size * 8);
    const l2Offset = Number(entry(l1, l1Index * 8, this.snapshot.l1Offset) & OFFSET_MASK);
    if (l2Offset === 0) return undefined;
    const l2 = await this.#table(l2Offset, 2 ** this.clusterBits);
    const at = (cluster % 2 ** this.l2Bits) * this.entrySize;
    const mapped = entry(l2, at, l2Offset);
    if (mapped & COMPRESSED) throw new DecodeError("compressed cluster of VM state", l2Offset + at);
    const host = Number(mapped & OFFSET_MASK);
    return host === 0 || mapped & ZERO ? undefined : host;
  }

  async #table(offset: number, size: number): Promise<DataView> {
    const known = this.#tables.get(offset);
    if (known) return known;
    const bytes = await this.file.read(
      offset,
      Math.min(size, Math.max(0, this.file.size - offset)),
    );
    const table = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#tables.size >= CACHED_TABLES) {
      // The L1 table is the first one that was read, and needed each time.
      const [, second] = this.#tables.keys();
      this.#tables.delete(second!);
    }
    this.#tables.set(offset, table);
    return table;
  }
}

function entry(table: DataView, at: number, offset: number): bigint {
  if (at + 8 > table.byteLength) throw new DecodeError("cut short: a qcow2 table", offset + at);
  return table.getBigUint64(at);
}
