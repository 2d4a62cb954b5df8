import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { MigrationAccount } from "../../src/analysis/account.js";
import { analyze } from "../../src/analysis/analyze.js";
import { eventTable, fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

/** The segments follow each other from stop to run, and add up. */
function expectWhole({ downtime }: MigrationAccount): void {
  const { path, stopped, running, guest } = downtime;
  expect(path[0]!.start).toBe(stopped);
  expect(path.at(-1)!.end).toBe(running);
  for (const [index, segment] of path.entries()) {
    expect(segment.start < segment.end).toBe(true);
    if (index > 0) expect(segment.start).toBe(path[index - 1]!.end);
  }
  expect(path.reduce((sum, { start, end }) => sum + end - start, 0n)).toBe(guest);
}

describe("the path of the downtime of a migration to a file", async () => {
  const account = analyze({
    items: await readItems(fixture("microvm-file", "stream.bin")),
    source: readRecords(fixture("microvm-file", "source.simpletrace"), ownEvents),
    destination: readRecords(fixture("microvm-file", "destination.simpletrace"), ownEvents),
    toFile: true,
  });
  const { path, checkpoints, stopped } = account.downtime;

  test("goes from the guest's stop to the end of the downtime as the source counts it", () => {
    const end = checkpoints.find(({ name }) => name === "src-downtime-end")!.at;
    expect(path[0]!.start).toBe(stopped);
    expect(path.at(-1)!.end).toBe(end);
    expect(path.reduce((sum, { start, end }) => sum + end - start, 0n)).toBe(end - stopped!);
  });

  test("has what the source saved, and not the load that came later", () => {
    expect([...new Set(path.map(({ side }) => side))]).toEqual(["source"]);
    expect(path.filter(({ kind }) => kind === "save").map(({ what }) => what)).toContain(
      "cpu FULL",
    );
  });
});

describeWith(["shared"], "the path of the downtime over TCP", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const load = async (name: string, tapped: boolean) => {
    const dir = (file: string) => sharedPath("recordings", name, file);
    const lines = readFileSync(dir("channel0.times"), "utf8").trim().split("\n");
    const wire = lines
      .map((line) => line.split(" "))
      .map(([offset, at]) => ({
        offset: Number(offset),
        at: BigInt(at!),
      }));
    return analyze({
      items: await readItems(dir("channel0.bin")),
      source: readRecords(dir("source.simpletrace"), events),
      destination: readRecords(dir("destination.simpletrace"), events),
      ...(tapped && { wire }),
    });
  };

  test.each(["q35-precopy", "q35-postcopy", "q35-multifd", "pc-9.2-xbzrle"])(
    "%s: adds up, with and without a tap's times",
    async (name) => {
      expectWhole(await load(name, true));
      expectWhole(await load(name, false));
    },
  );

  test("with a tap's times, a load that waited for bytes is told from one that was slow", async () => {
    const { path } = (await load("q35-precopy", true)).downtime;
    const at = (side: string, what: string) =>
      path.filter((segment) => segment.side === side && segment.what.includes(what));
    // QEMU's source held the end of ich9_smb back until virtio-rng had filled its buffer: the
    // destination's 8.8 ms in ich9_smb were a wait, and are no part of the path.
    expect(at("destination", "ich9_smb")).toEqual([]);
    expect(at("source", "virtio-rng FULL").at(-1)).toMatchObject({ kind: "save" });
    expect(at("destination", "virtio-rng FULL")).toMatchObject([{ kind: "load" }]);
  });

  test("saves and loads that overlap are not added up", async () => {
    const { path, guest } = (await load("q35-precopy", true)).downtime;
    const account = await load("q35-precopy", true);
    const all = account.items.flatMap(({ source, destination, item }) =>
      item.type === "section-full" ? [source, destination] : [],
    );
    const sum = all.reduce(
      (total, pairing) => total + (pairing.status === "paired" ? pairing.end - pairing.start : 0n),
      0n,
    );
    expect(sum > guest!).toBe(true);
    expect(path.length).toBeGreaterThan(10);
  });
});
