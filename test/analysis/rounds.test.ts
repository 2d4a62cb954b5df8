import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { textReport } from "../../src/report/text.js";
import { eventTable, fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";
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
