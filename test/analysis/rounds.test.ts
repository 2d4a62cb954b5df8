import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { textReport } from "../../src/report/text.js";
import {
  eventTable,
  fixture,
  ownEvents,
  readItems,
  readLog,
  readRecords,
} from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

/** The guest of these recordings dirties 1 MiB over and over; the last one goes with `ram`'s END. */
const LAST_PAGES = 256;

describeWith(["shared"], "pages of the rounds", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));

  describe.each(["q35-precopy", "q35-multifd"])("%s", async (name) => {
    const file = (part: string) => sharedPath("recordings", name, part);
    const source = readRecords(file("source.simpletrace"), events);
    const items = await readItems(file("channel0.bin"));

    test("are as many as query-migrate counts, by whatever channel they went", () => {
      const { ram } = JSON.parse(readFileSync(file("query-migrate.json"), "utf8"));
      const rounds = analyze({ items, source }).rounds;
      const sum = (counts: (number | undefined)[]) =>
        counts.reduce<number>((total, count) => total + (count ?? Number.NaN), 0);
      expect(sum(rounds.map(({ pages }) => pages)) + LAST_PAGES).toBe(ram.normal);
      expect(sum(rounds.map(({ zeroPages }) => zeroPages))).toBe(ram.duplicate);
    });
  });

  test("are not told of mapped-ram, which has but the last of each page", async () => {
    const file = (part: string) => sharedPath("recordings", "pc-mapped-ram", part);
    const source = readRecords(file("source.simpletrace"), events);
    const { rounds } = analyze({ items: await readItems(file("stream.bin")), source });
    expect(rounds).toMatchObject([{ pages: undefined, zeroPages: undefined }]);
  });

  test("are not told where they went by multifd, and its events were not traced", async () => {
    const file = (part: string) => sharedPath("recordings", "q35-multifd", part);
    const records = readRecords(file("source.simpletrace"), events);
    const source = records.filter((record) => !record.name.startsWith("multifd_"));
    const { rounds } = analyze({ items: await readItems(file("channel0.bin")), source });
    expect(rounds).toHaveLength(4);
    for (const round of rounds) expect(round).toMatchObject({ pages: undefined });
  });
});

test("pages of the rounds are not told without a stream", () => {
  const source = readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents);
  const account = analyze({ source });
  expect(account.rounds).toMatchObject([{ pages: undefined, zeroPages: undefined }]);
  expect(textReport(account)).toMatch(/^ +1 .* – +– +1 +–$/m);
});

describeWith(["shared"], "rounds and syncs", () => {
  const accountOf = async (folder: string, version: string) => {
    const file = (part: string) => sharedPath(...folder.split("/"), part);
    const events = eventTable(sharedPath("corpus", version, "trace-events-all"));
    const stream = existsSync(file("stream.bin")) ? "stream.bin" : "channel0.bin";
    const source = readLog(file("source.log"), events);
    const { ram } = JSON.parse(readFileSync(file("query-migrate.json"), "utf8"));
    const log = readFileSync(file("source.log"), "utf8");
    return {
      account: analyze({ items: await readItems(file(stream)), source }),
      syncs: log.match(/migration_bitmap_sync_end/g)?.length ?? 0,
      dirtySyncCount: ram["dirty-sync-count"] as number,
    };
  };

  // `stream ram` counts passes by the order of pages; its last one is what the stopped guest left.
  test.each([
    ["recordings/microvm-file", "qemu-10.2.2", 1],
    ["recordings/q35-precopy", "qemu-10.2.2", 4],
    ["recordings/q35-multifd", "qemu-10.2.2", 4],
    ["recordings/q35-postcopy", "qemu-10.2.2", 1],
    ["recordings/pc-9.2-xbzrle", "qemu-10.2.2", 478],
    ["recordings/virt-aarch64-file", "qemu-10.0.2", 1],
    ["recordings-11/precopy", "qemu-11.1.3", 3],
    ["recordings-11/postcopy", "qemu-11.1.3", 1],
    ["recordings-11/snapshot", "qemu-11.1.3", 0],
  ])("%s", async (folder, version, rounds) => {
    const { account, syncs, dirtySyncCount } = await accountOf(folder, version);
    expect(account.rounds).toHaveLength(rounds);
    expect(account.syncs).toHaveLength(syncs);
    const counted = version === "qemu-11.1.3" && syncs > 0 ? syncs - 1 : syncs;
    if (rounds > 0) expect(counted).toBe(dirtySyncCount);
  });

  test("postcopy that synchronises at each iteration makes one pass, which is not complete", async () => {
    const { account } = await accountOf("recordings-11/postcopy", "qemu-11.1.3");
    // The pages of round 1 as `stream ram` prints them.
    expect(account.rounds).toMatchObject([
      { pages: 256, zeroPages: 223, complete: false, converging: undefined, pending: 67641344 },
    ]);
    expect(account.advice.join()).not.toContain("converge");
    expect(textReport(account)).toMatch(
      /^rounds +1 pass through memory, the last one not complete/m,
    );
  });

  test("a completed migration of a few rounds gets no advice for them, one of hundreds does", async () => {
    const few = await accountOf("recordings/q35-precopy", "qemu-10.2.2");
    expect(few.account.rounds.at(-1)).toMatchObject({ complete: true, converging: false });
    expect(few.account.advice.join()).not.toContain("converge");
    const many = await accountOf("recordings/pc-9.2-xbzrle", "qemu-10.2.2");
    expect(many.account.advice.join()).toContain("did not converge");
  });
});
