/** Random streams, read in every way, against what was written into them. */

import { describe, expect, test } from "vitest";
import { findVmDescription } from "../../../src/migration/wire/find-vm-description.js";
import { itemToJson } from "../../../src/migration/wire/item-json.js";
import { RamImageBuilder } from "../../../src/migration/wire/ram-image.js";
import { RamStatsCounter } from "../../../src/migration/wire/ram-stats.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import { readStream } from "../../../src/migration/wire/read-stream.js";
import { RevisingReader } from "../../../src/migration/wire/revising-reader.js";
import { StateCollector } from "../../../src/migration/wire/state-collector.js";
import { sectionStateToJson } from "../../../src/migration/wire/state-json.js";
import type { StreamEdits } from "../../../src/migration/wire/stream-edits.js";
import type { StreamItem } from "../../../src/migration/wire/stream-item.js";
import { StreamProgress } from "../../../src/migration/wire/stream-progress.js";
import { StreamReader } from "../../../src/migration/wire/stream-reader.js";
import { StreamRewriter } from "../../../src/migration/wire/stream-rewriter.js";
import { teeRamSink } from "../../../src/migration/wire/tee-ram-sink.js";
import { pick, seededRandom } from "../../support/random.js";
import { type RandomStream, randomStream } from "./random-stream.js";

const seeds = Array.from({ length: 25 }, (_, seed) => 100 + seed);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Chunks of random sizes. */
function chunksOf(bytes: Uint8Array, seed: number): Uint8Array[] {
  const random = seededRandom(seed);
  const most = pick(random, [7, 300, 100_000]);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random(most);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

/** All items that a reader gives of a stream's chunks. */
function itemsOf(
  reader: StreamReader | RevisingReader,
  chunks: readonly Uint8Array[],
): StreamItem[] {
  const items: StreamItem[] = [];
  const take = () => {
    for (let item = reader.next(); item; item = reader.next()) items.push(item);
  };
  for (const chunk of chunks) {
    reader.append(chunk);
    take();
  }
  reader.end();
  take();
  return items;
}

const withEnds = (items: RandomStream["items"], end: string) =>
  items.map((item) => (item.end === "described" ? { ...item, end } : item));

describe.each(seeds)("the stream of seed %i", (seed) => {
  const stream = randomStream(seed);
  const { bytes, items } = stream;
  const chunks = chunksOf(bytes, seed);

  test("has its items, by its footers and as described", async () => {
    const blind = itemsOf(new StreamReader(), chunks);
    expect(blind.map(itemToJson)).toEqual(withEnds(items, "footer"));
    const revised = new RevisingReader();
    expect(itemsOf(revised, chunks).map(itemToJson)).toEqual(items);
    expect([revised.done, revised.inDoubt, revised.offset]).toEqual([true, false, bytes.length]);
    const found: object[] = [];
    for await (const item of readStream(bytesAsRandomAccess(bytes))) found.push(itemToJson(item));
    expect(found).toEqual(items);
  });

  test("has its devices' state", async () => {
    const collector = new StateCollector();
    const description = (await findVmDescription(bytesAsRandomAccess(bytes)))!;
    for (const item of itemsOf(new StreamReader({ keepData: true, description }), chunks))
      collector.add(item);
    expect(collector.pageSize).toBe(stream.pageSize);
    expect(collector.sections().map(sectionStateToJson)).toEqual(stream.states);
  });

  test("has its memory, record by record", () => {
    const records: unknown[] = [];
    const images = new Map(
      stream.blocks.map(({ name, usedLength }) => [name, new Uint8Array(usedLength)]),
    );
    const builder = new RamImageBuilder(({ name }) => {
      const image = images.get(name)!;
      return {
        write: (address, written) => image.set(written, address),
        read: (address, length) => image.subarray(address, address + length),
      };
    });
    const stats = new RamStatsCounter();
    const ram = teeRamSink([
      {
        page: ({ name }, address, page) => records.push(["page", name, address, hex(page)]),
        zero: ({ name }, address, fill) => records.push(["zero", name, address, String(fill)]),
        xbzrle: ({ name }, address, data) => records.push(["xbzrle", name, address, hex(data)]),
        compressed: ({ name }, address, data) =>
          records.push(["compressed", name, address, hex(data)]),
      },
      builder,
      stats,
    ]);
    itemsOf(new StreamReader({ ram }), chunks);
    expect(records).toEqual(stream.records);
    expect(Object.fromEntries([...images].map(([name, image]) => [name, hex(image)]))).toEqual(
      stream.memory,
    );
    const sent = new Map<string, number>();
    for (const [, block, address] of stream.records)
      sent.set(`${block} ${address}`, (sent.get(`${block} ${address}`) ?? 0) + 1);
    const { absent } = builder;
    const touched = new Set(stream.records.map(([, block]) => block));
    expect(absent.map(({ name }) => name)).toEqual(
      stream.blocks.map(({ name }) => name).filter((name) => !touched.has(name)),
    );
    const kinds = (kind: string) => stream.records.filter(([one]) => one === kind);
    const length = (kind: string) =>
      kinds(kind).reduce((sum, [, , , data]) => sum + data.length / 2, 0);
    const { total, sent: times, rounds, regions, ...rest } = stats.stats();
    expect(total).toEqual({
      ...{ page: kinds("page").length, zero: kinds("zero").length },
      ...{ xbzrle: kinds("xbzrle").length, compressed: kinds("compressed").length },
      bytes: length("page") + kinds("zero").length + length("xbzrle") + length("compressed"),
    });
    expect(rest).toMatchObject({ pageSize: stream.pageSize, blocks: stream.blocks });
    const histogram = new Map<number, number>();
    for (const count of sent.values()) histogram.set(count, (histogram.get(count) ?? 0) + 1);
    expect(times).toEqual([...histogram].sort(([a], [b]) => a - b));
    const all = stream.records.length;
    expect(rest.zeroShare).toBe(all === 0 ? 0 : kinds("zero").length / all);
    expect(rounds.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(total.bytes);
    expect(regions.reduce((sum, { sends }) => sum + sends, 0)).toBe(all);
    // Memory is so small that each page is a separate region.
    expect(
      Object.fromEntries(regions.map(({ block, start, sends }) => [`${block} ${start}`, sends])),
    ).toEqual(Object.fromEntries(sent));
    for (const region of regions) {
      expect(region.rounds.reduce((sum, count) => sum + count, 0)).toBe(region.sends);
      expect(region.length).toBe(stream.pageSize);
    }
    const order = regions.map(({ sends }) => sends);
    expect(order).toEqual(order.toSorted((a, b) => b - a));
  });

  test("is followed to its end", () => {
    const progress = new StreamProgress();
    for (const chunk of chunks) progress.take(chunk);
    progress.end();
    expect(progress.snapshot()).toMatchObject({
      ...{ phase: "end", machine: "pc-q35-9.2", bytes: bytes.length, pageSize: stream.pageSize },
      memory: stream.blocks.reduce((sum, { usedLength }) => sum + usedLength, 0),
      ...{ items: items.length, pings: stream.pings, returnPath: stream.pings > 0 },
      failure: undefined,
    });
  });

  test.each<readonly [what: string, edits: StreamEdits, expected: () => RandomStream]>([
    ["as it is", {}, () => stream],
    [
      "with another machine",
      { machine: "pc-i440fx-10.0-and-more" },
      () => randomStream(seed, { machine: "pc-i440fx-10.0-and-more" }),
    ],
    [
      "with SWITCHOVER_START",
      { switchoverStart: true },
      () => randomStream(seed, { switchoverStart: true }),
    ],
    ["without SWITCHOVER_START, which it has not", { switchoverStart: false }, () => stream],
  ])("is written again %s", async (_, edits, expected) => {
    expectSame(await rewritten(bytes, edits, chunks), expected().bytes);
  });

  test("is written again without SWITCHOVER_START, and with the one that it has", async () => {
    const started = randomStream(seed, { switchoverStart: true }).bytes;
    const again = (edits: StreamEdits) => rewritten(started, edits, chunksOf(started, seed));
    expectSame(await again({ switchoverStart: false }), bytes);
    expectSame(await again({ switchoverStart: true }), started);
    expectSame(await again({}), started);
  });

  test("is written again without a subsection, wherever it is", async () => {
    const names = JSON.stringify(stream.states).match(/"device\d+[^"]*\/own"|"common"/g) ?? [];
    for (const quoted of new Set(names)) {
      const subsection = JSON.parse(quoted) as string;
      const dropSubsections = stream.states.flatMap((state) =>
        JSON.stringify(state).includes(quoted)
          ? [{ idstr: (state as { idstr: string }).idstr, subsection }]
          : [],
      );
      const expected = randomStream(seed, { without: subsection }).bytes;
      expectSame(await rewritten(bytes, { dropSubsections }, chunks), expected);
    }
  });
});

/** Fails by the first byte that differs: a difference of all of it would be too long to print. */
function expectSame(found: Uint8Array, expected: Uint8Array): void {
  const at = found.findIndex((byte, index) => byte !== expected[index]);
  const around = (bytes: Uint8Array) => hex(bytes.subarray(Math.max(0, at - 16), at + 16));
  if (at >= 0) expect([at, around(found)]).toEqual([at, around(expected)]);
  expect(found.length).toBe(expected.length);
}

async function rewritten(
  bytes: Uint8Array,
  edits: StreamEdits,
  chunks: readonly Uint8Array[],
): Promise<Uint8Array> {
  const description = await findVmDescription(bytesAsRandomAccess(bytes));
  const rewriter = new StreamRewriter(edits, description);
  return Buffer.concat([...chunks.map((chunk) => rewriter.push(chunk)), rewriter.end()]);
}
