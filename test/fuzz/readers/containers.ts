import { gzipSync } from "node:zlib";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import {
  bytesAsRandomAccess,
  detectWrapping,
  libvirtHeaderSize,
  qcow2VmState,
  type RandomAccess,
  readLibvirtSaveHeader,
  readQcow2Snapshots,
  readStream,
  writeLibvirtSaveHeader,
} from "../../../src/migration/index.js";
import { pick } from "../../support/random.js";
import { decodeErrorOf, decodeErrorOfAsync, type FuzzReader, verdictOf } from "../fuzz-reader.js";
import { mutateBytes, type Seed } from "../mutate-bytes.js";
import { streamSeeds } from "../stream-seeds.js";

const CLUSTER = 512;
const stream = streamSeeds.precopy.bytes;

/** A disk of one cluster, and a snapshot whose VM state is a stream. */
function qcow2Seed(version: 2 | 3): Seed {
  const clusters = Math.ceil(stream.length / CLUSTER);
  const header = new ByteWriter("big")
    .u32(0x514649fb)
    .u32(version)
    .u64(0)
    .u32(0)
    .u32(9)
    .u64(CLUSTER);
  header.u32(0).u32(1).u64(0).u64(0).u32(0).u32(1).u64(CLUSTER);
  header.u64(0).u64(0).u64(0).u32(4).u32(104);
  const entry = new ByteWriter("big")
    .u64(2 * CLUSTER)
    .u32(2)
    .u16(1)
    .u16(5)
    .u32(0)
    .u32(0)
    .u64(0);
  entry.u32(0).u32(16).u64(stream.length).u64(CLUSTER).bytes(Buffer.from("1first"));
  const l1 = new ByteWriter("big").u64(0).u64(3 * CLUSTER);
  const l2 = new ByteWriter("big");
  for (let at = 0; at < clusters; at += 1) l2.u64((4 + at) * CLUSTER);
  const bytes = new Uint8Array((4 + clusters) * CLUSTER);
  for (const [index, part] of [header, entry, l1, l2].entries()) {
    bytes.set(part.take(), index * CLUSTER);
  }
  bytes.set(stream, 4 * CLUSTER);
  return { bytes, marks: [4, 20, 24, 60, 64, CLUSTER, CLUSTER + 40, 2 * CLUSTER, 3 * CLUSTER] };
}

const disks = [qcow2Seed(2), qcow2Seed(3)];

/** Snapshots in a disk image, and the stream in each. */
export const qcow2Fuzzer: FuzzReader = {
  name: "qcow2",
  make: (random) => ({ disk: mutateBytes(random, pick(random, disks), disks) }),
  async read({ disk }) {
    const file = bytesAsRandomAccess(disk!);
    detectWrapping(disk!);
    let streams = 0;
    const error = await decodeErrorOfAsync(async () => {
      const qcow2 = await readQcow2Snapshots(file);
      for (const snapshot of qcow2.snapshots.slice(-2)) {
        const state = qcow2VmState(file, qcow2, snapshot);
        if ((await decodeErrorOfAsync(() => drain(state, 0))) === undefined) streams += 1;
      }
    });
    return verdictOf(error, ...(streams === 0 ? [new Error("no stream")] : []));
  },
};

async function drain(access: RandomAccess, offset: number): Promise<void> {
  for await (const _ of readStream(access, { offset })) {
    // Every item is wanted for its errors only.
  }
}

function libvirtSeed(compression: "raw" | "gzip"): Seed {
  const xml = "<domain type='kvm'><name>guest</name></domain>";
  const head = { version: 2, wasRunning: true, compression, complete: true, xml } as const;
  const header = writeLibvirtSaveHeader(head);
  const body = compression === "raw" ? stream : gzipSync(stream);
  return { bytes: new Uint8Array(Buffer.concat([header, body])), marks: [16, 92, header.length] };
}

const images = [libvirtSeed("raw"), libvirtSeed("gzip")];

/** libvirt's save images. */
export const libvirtFuzzer: FuzzReader = {
  name: "libvirt",
  make: (random) => ({ image: mutateBytes(random, pick(random, images), images) }),
  async read({ image }) {
    detectWrapping(image!);
    let from: number | undefined;
    const error = decodeErrorOf(() => {
      libvirtHeaderSize(image!.subarray(0, 92));
      const header = readLibvirtSaveHeader(image!);
      if (header.compression === "raw") from = header.streamOffset;
    });
    if (from === undefined) return verdictOf(error);
    return verdictOf(await decodeErrorOfAsync(() => drain(bytesAsRandomAccess(image!), from!)));
  },
};
