import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import type { EventRecord } from "../../src/traces/record.js";
import { eventTable, fixture, ownEvents, readItems, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

describe("a real migration to a file (microvm-file)", async () => {
  const dir = (name: string) => fixture("microvm-file", name);
  const items = await readItems(dir("stream.bin"));
  const source = readRecords(dir("source.simpletrace"), ownEvents);
  const destination = readRecords(dir("destination.simpletrace"), ownEvents);
  const account = analyze({ items, source, destination });

  test("all its 22 items are in the account", () => {
    expect(account.items).toHaveLength(22);
    expect(account.machine).toBe("microvm");
    expect(account.streamSize).toBe(208636);
  });

  test("every section, command and the EOF is paired at the destination", () => {
    expect(account.destination).toEqual({ expected: 21, paired: 21, strays: [] });
  });

  test("every section and command is paired at the source", () => {
    expect(account.source).toEqual({ expected: 20, paired: 20, strays: [] });
  });

  test("EOF and VMDESCRIPTION are said to have no event at the source", () => {
    const untraced = account.items.filter((item) => item.source.status === "untraced");
    expect(untraced.map((item) => item.label)).toEqual(["EOF", "VMDESCRIPTION"]);
  });

  test("items are sent in the order of the stream, and read in it", () => {
    for (const side of ["source", "destination"] as const) {
      const starts = account.items.flatMap(({ [side]: pairing }) =>
        pairing.status === "paired" ? [pairing.start] : [],
      );
      expect(starts).toEqual([...starts].sort((a, b) => Number(a - b)));
    }
  });

  test("SWITCHOVER_START stands where the independent walk has it", () => {
    const walk = readFileSync(dir("items.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((l) => JSON.parse(l));
    const command = walk.find((item) => item.command === 11);
    expect(account.switchoverStart?.offset).toBe(command.offset);
  });

  test("the source's downtime is what query-migrate reports", () => {
    const { downtime } = JSON.parse(readFileSync(dir("query-migrate.json"), "utf8"));
    expect(Math.abs(Number(account.downtime.reported) / 1e6 - downtime)).toBeLessThan(1);
  });

  test("it took one round", () => {
    expect(account.rounds).toMatchObject([{ number: 1, sections: 1, pages: 34, zeroPages: 4097 }]);
  });

  test("an item whose events are lost costs its own pair, and is listed", () => {
    const lost = ({ name, values: [id, sectionId] }: EventRecord) =>
      /^savevm_section_(start|end)$/.test(name) && id === "ioapic" && sectionId === 8;
    const left = source.filter((record) => !lost(record));
    const poorer = analyze({ items, source: left, destination });
    const missing = poorer.items.filter((item) => item.source.status === "missing");
    expect(missing.map(({ label }) => label)).toEqual(["ioapic FULL"]);
    expect(poorer.source).toMatchObject({ expected: 20, paired: 19 });
  });

  test("an item that the stream lacks leaves its events over", () => {
    const poorer = analyze({
      items: items.filter((item) => item.offset !== 189432),
      source,
      destination,
    });
    expect(poorer.source?.strays).toMatchObject([{ key: "section 5 cpu" }]);
    expect(poorer.destination?.strays).toMatchObject([{ key: "section 5 cpu" }]);
  });

  test("the stream alone gives its items, and says that there is no trace", () => {
    const alone = analyze({ items });
    expect(alone.items.every(({ source: pairing }) => pairing.status === "no trace")).toBe(true);
    expect(alone).toMatchObject({ source: undefined, clocks: undefined, rounds: [] });
  });

  test("of a source that tried before, the attempt that the stream is of is taken", () => {
    const before = source
      .slice(0, source.length >> 1)
      .map((record) => later(record, -60_000_000_000n));
    const again = analyze({ items, source: [...before, ...source], destination });
    // What a record costs is estimated by all of the trace.
    const tracing = expect.anything();
    expect(again).toEqual({
      ...{ ...account, tracing, attempt: { number: 2, of: 2 } },
      attempts: [
        expect.objectContaining({ number: 1, state: "device" }),
        expect.objectContaining({ number: 2, state: "completed", end: account.end }),
      ],
    });
  });

  test("one trace alone gives its half", () => {
    const half = analyze({ items, destination });
    expect(half.destination?.paired).toBe(21);
    expect(half.source).toBeUndefined();
  });
});

describeWith(["shared"], "a real migration over TCP (q35-precopy)", async () => {
  const dir = (name: string) => sharedPath("recordings", "q35-precopy", name);
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const items = await readItems(dir("channel0.bin"));
  const source = readRecords(dir("source.simpletrace"), events);
  const destination = readRecords(dir("destination.simpletrace"), events);
  const account = analyze({ items, source, destination });
  const paired = account.items.filter(
    (item) => item.source.status === "paired" && item.destination.status === "paired",
  );

  test("has 56 items", () => expect(account.items).toHaveLength(56));

  test("every section is paired on both sides", () => {
    const sections = account.items.filter(({ item }) => item.type.startsWith("section-"));
    expect(sections.every((section) => paired.includes(section))).toBe(true);
    expect(sections).toHaveLength(50);
  });

  test("all three commands are paired on both sides", () => {
    const commands = paired.filter(({ item }) => item.type === "command");
    expect(commands.map(({ label }) => label)).toEqual([
      "OPEN_RETURN_PATH",
      "PING 0x1",
      "SWITCHOVER_START",
    ]);
  });

  test("SWITCHOVER_START is at byte 0x491d5f, sent and read within the downtime", () => {
    const { offset, sent, received } = account.switchoverStart!;
    expect(offset).toBe(0x491d5f);
    const { stopped, running } = account.downtime;
    expect(stopped! < sent! && sent! < received! && received! < running!).toBe(true);
  });

  test("it took four rounds, the later three of 1 MiB", () => {
    expect(account.rounds.map(({ pending }) => pending)).toEqual([
      undefined,
      1048576,
      1048576,
      1048576,
    ]);
  });

  test("both traces are of one clock", () => {
    expect(account.clocks).toMatchObject({ verdict: "one", offset: 0n });
  });

  test("QEMU's downtime is within a millisecond of query-migrate's", () => {
    const { downtime } = JSON.parse(readFileSync(dir("query-migrate.json"), "utf8"));
    expect(Math.abs(Number(account.downtime.reported) / 1e6 - downtime)).toBeLessThan(1);
  });

  test("the first byte of every item passed the wire after it was sent and before it was read", () => {
    const passed = wireTimes(readFileSync(dir("channel0.times"), "utf8"));
    for (const { item, source: sent, destination: read } of paired) {
      if (sent.status !== "paired" || read.status !== "paired") continue;
      const time = passed(item.offset);
      expect([item.offset, sent.start <= time && time <= read.start]).toEqual([item.offset, true]);
    }
  });

  test("a destination's clock that is 169.4 s behind gives the same account, and is found out", () => {
    const ahead = destination.map((record) => later(record, -169_400_000_000n));
    const shifted = analyze({ items, source, destination: ahead });
    expect(shifted.clocks?.verdict).toBe("two");
    const { lower, upper } = shifted.clocks!;
    expect(lower! <= -169_400_000_000n && -169_400_000_000n <= upper!).toBe(true);
    const error = shifted.downtime.guest! - account.downtime.guest!;
    expect(error >= lower! - upper! && error <= upper! - lower!).toBe(true);
  });
});

/** When the byte at an offset passed, of a recording's `OFFSET NANOSECONDS` lines. */
function wireTimes(text: string): (offset: number) => bigint {
  const chunks = text
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  return (offset) => {
    const chunk = chunks.findLast(([start]) => Number(start) <= offset)!;
    return BigInt(chunk[1]!);
  };
}

function later(record: EventRecord, by: bigint): EventRecord {
  const { type, name, event, pid, offset, payload, values } = record;
  return { type, name, event, pid, offset, payload, values, timestamp: record.timestamp + by };
}

describeWith(["shared"], "every recording that has both traces", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  test.each([
    ["microvm-file", "stream.bin", 22],
    ["q35-precopy", "channel0.bin", 56],
    ["q35-postcopy", "channel0.bin", 56],
    ["q35-multifd", "channel0.bin", 49],
    ["pc-mapped-ram", "stream.bin", 38],
    ["pc-9.2-xbzrle", "channel0.bin", 526],
  ])("%s: all that QEMU traces is paired on both sides", async (name, stream, count) => {
    const dir = (file: string) => sharedPath("recordings", name, file);
    const account = analyze({
      items: await readItems(dir(stream)),
      source: readRecords(dir("source.simpletrace"), events),
      destination: readRecords(dir("destination.simpletrace"), events),
    });
    expect(account.items).toHaveLength(count);
    for (const side of [account.source!, account.destination!]) {
      expect(side).toMatchObject({ paired: side.expected, strays: [] });
    }
  });
});
