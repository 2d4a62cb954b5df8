import {
  bytesAsRandomAccess,
  decodeState,
  diffItems,
  diffStates,
  findVmDescription,
  isSection,
  itemToJson,
  KnownBlocks,
  type RamImage,
  RamImageBuilder,
  type RamSink,
  RamStatsCounter,
  readPipe,
  readStream,
  type SectionState,
  StateCollector,
  StreamChecker,
  type StreamItem,
  StreamProgress,
  StreamReader,
  type StreamReaderOptions,
  StreamRewriter,
  sectionStateToJson,
  stateSizes,
  stateToQemuJson,
  teeRamSink,
  type VmDescription,
} from "../../../src/migration/index.js";
import { pick, type Random } from "../../support/random.js";
import { inChunks } from "../chunks.js";
import { decodeErrorOf, decodeErrorOfAsync, type FuzzReader, verdictOf } from "../fuzz-reader.js";
import { mutateBytes, type Seed } from "../mutate-bytes.js";
import { readAll, readBothWays } from "../read-in-chunks.js";
import { streamSeeds } from "../stream-seeds.js";

const { precopy, postcopy, mapped, resumed, whole, htab, described } = streamSeeds;

function fromSeeds(seeds: readonly Seed[]) {
  return (random: Random) => ({ stream: mutateBytes(random, pick(random, seeds), seeds) });
}

/** The items of all kinds of streams, by each of the readers. */
export const streamFuzzer: FuzzReader = {
  name: "stream",
  make: fromSeeds([precopy, precopy, postcopy, postcopy, htab, whole, resumed, ...described]),
  async read({ stream: bytes }, random) {
    const { values: items, error } = readBothWays(random, bytes!, () => {
      const calls: unknown[] = [];
      const observer = {
        header: () => void calls.push("header"),
        item: (type: number, offset: number) => void calls.push([type, offset]),
        sectionData: ({ idstr }: { idstr: string }) => void calls.push(idstr),
      };
      const reader = new StreamReader({ keepData: true, observer, blocks: RESUMED_BLOCKS });
      return { reader, seen: () => calls };
    });
    check(items, error);
    const access = bytesAsRandomAccess(bytes!);
    const fromFile: StreamItem[] = [];
    await decodeErrorOfAsync(() => collect(readStream(access, { keepData: true }), fromFile));
    const fromPipe: StreamItem[] = [];
    await decodeErrorOfAsync(() => collect(readPipe(asyncChunks(random, bytes!)), fromPipe));
    diffItems(fromFile, fromPipe);
    const progress = new StreamProgress();
    for (const chunk of inChunks(random, bytes!)) progress.take(chunk);
    progress.end();
    progress.snapshot();
    await rewrite(random, bytes!);
    return verdictOf(error);
  },
};

const RESUMED_BLOCKS = [{ name: "microvm.ram", usedLength: 16 * 1024 * 1024 }];

function check(items: readonly StreamItem[], error: Error | undefined): void {
  const checker = new StreamChecker();
  for (const item of items) {
    checker.add(item);
    JSON.stringify(itemToJson(item));
  }
  checker.finish(error && { message: error.message, offset: 0 });
}

async function* asyncChunks(random: Random, bytes: Uint8Array) {
  yield* inChunks(random, bytes);
}

async function collect(items: AsyncIterable<StreamItem>, into: StreamItem[]): Promise<void> {
  for await (const item of items) into.push(item);
}

/** Throws a RangeError, too, where an edit cannot be made. */
async function rewrite(random: Random, bytes: Uint8Array): Promise<void> {
  const description = await descriptionOf(bytes);
  const edits = pick(random, [
    {},
    { machine: "pc-i440fx-9.2" },
    { switchoverStart: random(2) > 0 },
  ]);
  const rewriter = new StreamRewriter(edits, description);
  decodeErrorOf(() => {
    for (const chunk of inChunks(random, bytes)) rewriter.push(chunk);
    try {
      rewriter.end();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  });
}

function descriptionOf(bytes: Uint8Array): Promise<VmDescription | undefined> {
  return findVmDescription(bytesAsRandomAccess(bytes));
}

/** The values of devices, by the description that is in the stream or by that of another one. */
export const stateFuzzer: FuzzReader = {
  name: "state",
  make: fromSeeds([whole, ...described, ...described]),
  async read({ stream: bytes }, random) {
    const own = await descriptionOf(bytes!);
    const given = own ?? pick(random, foreign);
    const first = collectState(bytes!, given ? { description: given } : {});
    const second = collectState(bytes!, {});
    const states = [first, second].flatMap(({ state }) => {
      const sections: (readonly SectionState[])[] = [];
      const error = decodeErrorOf(() => sections.push(state.sections(own)));
      return error ? [] : sections;
    });
    for (const sections of states) {
      JSON.stringify(sections.map(sectionStateToJson));
      stateToQemuJson(sections);
      stateSizes(sections);
      diffStates(sections, states[0]!);
    }
    for (const item of first.items) {
      if (!isSection(item) || !item.data) continue;
      for (const device of given?.devices.slice(0, 4) ?? []) {
        decodeErrorOf(() => decodeState(item.data!, device, item.dataOffset));
      }
    }
    return verdictOf(first.error, ...(states.length < 2 ? [new Error("no state")] : []));
  },
};

const foreign: readonly (VmDescription | undefined)[] = [
  undefined,
  ...(await Promise.all(described.map(({ bytes }) => descriptionOf(bytes)))),
];

function collectState(bytes: Uint8Array, options: StreamReaderOptions) {
  const { values: items, error } = readAll(new StreamReader({ ...options, keepData: true }), [
    bytes,
  ]);
  const state = new StateCollector();
  for (const item of items) state.add(item);
  return { items, state, error };
}

/** The pages of a block, none of which is held twice. */
class SparseImage implements RamImage {
  readonly pages = new Map<number, Uint8Array>();

  write(address: number, bytes: Uint8Array): void {
    this.pages.set(address, bytes.slice());
  }

  read(address: number, length: number): Uint8Array {
    const page = new Uint8Array(length);
    page.set((this.pages.get(address) ?? page).subarray(0, length));
    return page;
  }
}

/** Images and statistics of memory, which must not depend on the chunks. */
function memoryReader(bytes: Uint8Array, random: Random) {
  return readBothWays(random, bytes, () => {
    const images = new Map<string, SparseImage>();
    const builder = new RamImageBuilder(({ name }) => {
      const image = new SparseImage();
      images.set(name, image);
      return image;
    });
    const stats = new RamStatsCounter();
    const known = new KnownBlocks();
    const reader = new StreamReader({ ram: teeRamSink([builder, stats, known]) });
    const seen = () => [
      ...Array.from(images, ([name, image]) => [name, image.pages]),
      builder.absent,
      stats.stats(),
      known.options(),
    ];
    return { reader, seen };
  });
}

/** Pages in each form: whole, zeros, XBZRLE, zlib. */
export const ramFuzzer: FuzzReader = {
  name: "ram",
  make: fromSeeds([precopy, precopy, postcopy, htab]),
  read: ({ stream }, random) => verdictOf(memoryReader(stream!, random).error),
};

/** Memory at fixed offsets of the file; also as it is, for who wants no single pages. */
export const mappedRamFuzzer: FuzzReader = {
  name: "mapped-ram",
  make: fromSeeds([mapped]),
  async read({ stream: bytes }, random) {
    const { error } = memoryReader(bytes!, random);
    readBothWays(random, bytes!, () => {
      let taken = 0;
      const ram: RamSink = {
        mappedBytes: (_, __, part) => {
          taken += part.length;
        },
      };
      return { reader: new StreamReader({ ram }), seen: () => taken };
    });
    await rewrite(random, bytes!);
    return verdictOf(error);
  },
};
