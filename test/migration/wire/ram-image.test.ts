import { existsSync, readFileSync } from "node:fs";
import { zlibSync } from "fflate";
import { describe, expect, test } from "vitest";
import { MultifdJoin } from "../../../src/migration/wire/multifd-join.js";
import type { RamSink } from "../../../src/migration/wire/ram-sink.js";
import { type RamStats, RamStatsCounter } from "../../../src/migration/wire/ram-stats.js";
import { isSection } from "../../../src/migration/wire/stream-item.js";
import { RECORDINGS } from "../../support/recording-names.js";
import { describeWith, sharedPath } from "../../support/tools.js";
import { bytesOf } from "./bytes.js";
import { Memory } from "./memory.js";
import { readRecording } from "./recordings.js";
import { walk } from "./walk.js";

const PAGE = 4096;

/** Brings all pages of a recording to a sink, those of multifd channels too. */
async function sendTo(name: string, sink: RamSink, atPostcopy = () => {}): Promise<void> {
  const { bytes } = await readRecording(name);
  const files = [1, 2].map((channel) => sharedPath("recordings", name, `channel${channel}.bin`));
  const join = new MultifdJoin(files.filter(existsSync).map(pulled), sink);
  const { error } = walk(bytes, { ram: join }, 65536, (item) => {
    if (isSection(item) && item.ram) join.sectionEnd();
    if (item.type === "command" && item.command.name === "POSTCOPY_RUN") atPostcopy();
  });
  expect(error).toBeUndefined();
  expect([join.finish(), join.missing]).toEqual([0, 0]);
}

/** A file in pieces. */
function pulled(file: string): () => Uint8Array | undefined {
  const bytes = new Uint8Array(readFileSync(file));
  let at = 0;
  return () => {
    if (at >= bytes.length) return undefined;
    at += 10_000;
    return bytes.subarray(at - 10_000, at);
  };
}

/**
 * The guest of the recordings goes through its second MiB over and over, and counts up the first
 * byte of each page. When it was stopped, it had done so in some pages once more than in the rest.
 */
function expectCountedPages(ram: Uint8Array): void {
  const pages = Array.from({ length: 256 }, (_, index) => 0x100000 + index * PAGE);
  const counts = pages.map((at) => ram[at]!);
  const first = counts[0]!;
  expect(first).toBeGreaterThan(0);
  const split = counts.findIndex((count) => count !== first);
  if (split >= 0) expect(counts.slice(split)).toEqual(Array(256 - split).fill(first - 1));
  for (const at of pages)
    expect(ram.subarray(at + 1, at + PAGE).every((byte) => byte === 0)).toBe(true);
}

describeWith(["shared"], "the memory in a stream is what the guest wrote", () => {
  test.each(["q35-precopy", "q35-multifd", "pc-mapped-ram", "pc-9.2-xbzrle"])(
    "%s",
    async (name) => {
      const memory = new Memory();
      await sendTo(name, memory.sink);
      expectCountedPages(memory.blocks.get("pc.ram")!);
    },
  );

  test("q35-postcopy: the guest counts on at the destination while the rest is sent", async () => {
    const memory = new Memory();
    await sendTo("q35-postcopy", memory.sink);
    const ram = memory.blocks.get("pc.ram")!;
    expectCountedPages(ram);
    // The firmware is the same in each machine of that type: sent by precopy there, and here.
    const other = new Memory();
    await sendTo("q35-precopy", other.sink);
    expect(memory.blocks.get("pc.bios")).toEqual(other.blocks.get("pc.bios"));
  });
});

describeWith(["shared"], "statistics", () => {
  async function statsOf(name: string): Promise<RamStats> {
    const counter = new RamStatsCounter();
    await sendTo(name, counter, () => counter.postcopy());
    return counter.stats();
  }

  /** What QEMU's source counted itself. */
  function counted(name: string): {
    normal: number;
    duplicate: number;
    "dirty-sync-count": number;
  } {
    const file = sharedPath("recordings", name, "query-migrate.json");
    return JSON.parse(readFileSync(file, "utf8")).ram;
  }

  test.each(RECORDINGS.filter((name) => name !== "pc-mapped-ram"))(
    "%s: as many pages and zero pages as QEMU counted",
    async (name) => {
      const { total } = await statsOf(name);
      const { normal, duplicate } = counted(name);
      expect([total.page, total.zero]).toEqual([normal, duplicate]);
    },
  );

  test.each(["q35-precopy", "q35-multifd"])(
    "%s: the rounds, and who was sent in them",
    async (name) => {
      const { rounds, sent, regions } = await statsOf(name);
      expect(rounds.map(({ page, zero }) => page + zero)).toEqual([8322, 256, 256, 256, 256]);
      expect(sent).toEqual([
        [1, 8066],
        [5, 256],
      ]);
      expect(regions[0]).toMatchObject({ block: "pc.ram", start: 0x108000, sends: 165 });
    },
  );

  test("q35-postcopy: what is asked for is one round, in whatever order", async () => {
    const { rounds } = await statsOf("q35-postcopy");
    expect(rounds.map(({ page, zero }) => page + zero)).toEqual([8322, 256]);
  });
});

describe("an image", () => {
  const block = { name: "ram", usedLength: 2 * PAGE + 100 };

  function imageOf(...records: ((sink: Required<RamSink>) => void)[]): Uint8Array {
    const memory = new Memory();
    const sink = memory.sink as Required<RamSink>;
    sink.block(block, PAGE);
    for (const record of records) record(sink);
    return memory.blocks.get("ram")!;
  }

  const page = (value: number) => new Uint8Array(PAGE).fill(value);

  test("what was sent last of a page stands", () => {
    const twice = imageOf(
      (sink) => sink.page(block, PAGE, page(1)),
      (sink) => sink.page(block, PAGE, page(2)),
    );
    expect(twice.subarray(PAGE, 2 * PAGE)).toEqual(page(2));
  });

  test("a page that became zero", () => {
    const zeroed = imageOf(
      (sink) => sink.page(block, 0, page(1)),
      (sink) => sink.zero(block, 0, 0),
    );
    expect(zeroed.every((byte) => byte === 0)).toBe(true);
  });

  test("a page of another fill byte", () => {
    expect(imageOf((sink) => sink.zero(block, 0, 7)).subarray(0, PAGE)).toEqual(page(7));
  });

  test("XBZRLE against the page before", () => {
    const changed = imageOf(
      (sink) => sink.page(block, 0, page(1)),
      (sink) => sink.xbzrle(block, 0, bytesOf("02 01 09")),
    );
    expect([...changed.subarray(0, 4)]).toEqual([1, 1, 9, 1]);
  });

  test("a compressed page, and those that are not one", () => {
    const compressed = imageOf((sink) => sink.compressed(block, 0, zlibSync(page(3))));
    expect(compressed.subarray(0, PAGE)).toEqual(page(3));
    const inflate = (bytes: Uint8Array) => () =>
      imageOf((sink) => sink.compressed(block, 0, bytes));
    expect(inflate(zlibSync(new Uint8Array(5)))).toThrow("compressed page: 5 bytes");
    expect(inflate(zlibSync(new Uint8Array(1 << 24)))).toThrow("compressed page");
    expect(inflate(bytesOf("00"))).toThrow("compressed page");
  });

  test("the last page may reach over the used length", () => {
    const last = imageOf((sink) => sink.page(block, 2 * PAGE, page(5)));
    expect(last.length).toBe(block.usedLength);
    expect(last.subarray(2 * PAGE).every((byte) => byte === 5)).toBe(true);
  });
});
