import { deflateSync } from "node:zlib";
import {
  channelKind,
  MultifdCounter,
  MultifdDeviceStates,
  type MultifdItem,
  MultifdJoin,
  MultifdReader,
  MultifdWriter,
  ReturnPathReader,
  StreamProgress,
  StreamReader,
  StreamWriter,
} from "../../../src/migration/index.js";
import { pick, type Random } from "../../support/random.js";
import { fixture, readBytes } from "../../support/recordings.js";
import { inChunks } from "../chunks.js";
import { decodeErrorOf, type FuzzReader, verdictOf } from "../fuzz-reader.js";
import { mutateBytes, type Seed } from "../mutate-bytes.js";
import { expectSame, readAll, readBothWays } from "../read-in-chunks.js";

/** With the largest pages a packet has room for the fewest of them. */
const PAGE = 65_536;
const SYNC = 1;
const ZLIB = 2;

/** A channel with packets of each kind; pages of zeros have no payload. */
function channelSeed(channel: number): Seed {
  const writer = new MultifdWriter(PAGE);
  const marks: number[] = [];
  const mark = (_: MultifdWriter) => void marks.push(writer.length);
  const head = { allocated: 8, block: "pc.ram", zero: [] };
  const page = new Uint8Array(PAGE).fill(channel);
  mark(writer.hello({ uuid: "00112233445566778899aabbccddeeff", channel }));
  const zeros = { ...head, flags: 0, packetNumber: 1n, normal: [], zero: [0, PAGE, 3 * PAGE] };
  mark(writer.pages(zeros));
  const packed = { ...head, flags: ZLIB, packetNumber: 2n, normal: [2 * PAGE] };
  mark(writer.pages(packed, deflateSync(page, { finishFlush: 2 })));
  const state = { flags: 64, idstr: "0000:00:05.0/vfio", instanceId: 1 };
  mark(writer.deviceState(state, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9)));
  mark(writer.pages({ ...head, flags: SYNC, packetNumber: 3n, normal: [], zero: [5 * PAGE] }));
  return { bytes: writer.take(), marks };
}

/** A main channel whose pages go by the others, with a sync point. */
const mainChannel = new StreamWriter()
  .header()
  .sectionHead({ sectionId: 1, idstr: "ram", instanceId: 0, version: 4, type: "section-start" })
  .ramBlockList([{ name: "pc.ram", usedLength: 8 * PAGE }])
  .u64(0x200)
  .u64(0x10)
  .footer(1)
  .eof()
  .take();

const channels = [channelSeed(0), channelSeed(1)];

/** multifd's channels, one by one and joined to the main channel. */
export const multifdFuzzer: FuzzReader = {
  name: "multifd",
  make: (random) => ({
    channel0: mutateBytes(random, channels[0]!, channels),
    channel1: random(2) === 0 ? channels[1]!.bytes : mutateBytes(random, channels[1]!, channels),
  }),
  read(input, random) {
    const all = [input.channel0!, input.channel1!];
    const errors = all.map((bytes) => readChannel(random, bytes));
    for (const pageSize of [4096, 1024]) {
      readAll(new MultifdReader({ pageSize }), inChunks(random, all[0]!));
    }
    const joined = join(random, all);
    expectSame("joined pages", joined, join(random, all));
    return verdictOf(...errors);
  },
};

function readChannel(random: Random, bytes: Uint8Array) {
  const { values, error } = readBothWays(random, bytes, () => {
    const payloads: number[] = [];
    const payload = (_: MultifdItem, part: Uint8Array) =>
      void payloads.push(part.length, part.at(-1) ?? 0);
    return { reader: new MultifdReader({ pageSize: PAGE, payload }), seen: () => payloads };
  });
  const counter = new MultifdCounter();
  for (const item of values) counter.add(item);
  const states = new MultifdDeviceStates();
  readAll(
    new MultifdReader({ pageSize: PAGE, deviceState: (packet, head) => states.add(packet, head) }),
    [bytes],
  );
  states.devices();
  channelKind(bytes);
  return error;
}

/** How many pages come of the channels together. */
function join(random: Random, all: readonly Uint8Array[]): number {
  let pages = 0;
  const pulls = all.map((bytes) => {
    const chunks = inChunks(random, bytes);
    return () => chunks.next().value ?? undefined;
  });
  const page = () => {
    pages += 1;
  };
  const joined = new MultifdJoin(pulls, { page });
  decodeErrorOf(() => {
    const reader = new StreamReader({ ram: joined, pageSize: PAGE });
    reader.append(mainChannel);
    reader.end();
    while (reader.next()) joined.sectionEnd();
    joined.finish();
  });
  const progress = new StreamProgress();
  progress.take(mainChannel);
  for (const [channel, bytes] of all.entries()) progress.takeMultifd(channel + 1, bytes);
  progress.snapshot();
  return pages;
}

const returnPath: Seed = {
  bytes: readBytes(fixture("streams", "postcopy-recovery.return")),
};
/** Requests for pages with a block and without, answers to pings, the end. */
const messages: Seed = {
  bytes: Uint8Array.from(
    Buffer.from(
      "0002000400000001" +
        "000300130000000000001000000010000670632e72616d" +
        "0004000c00000000000020000000100000060004000000010007000000010004000000ff",
      "hex",
    ),
  ),
};
const returnSeeds = [returnPath, messages];

/** What a destination answers. */
export const returnPathFuzzer: FuzzReader = {
  name: "return-path",
  make: (random) => ({
    messages: mutateBytes(random, pick(random, returnSeeds), returnSeeds),
  }),
  read({ messages: bytes }, random) {
    const { error } = readBothWays(random, bytes!, () => ({ reader: new ReturnPathReader() }));
    return verdictOf(error);
  },
};
