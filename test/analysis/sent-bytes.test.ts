import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SentBytes } from "../../src/analysis/sent-bytes.js";
import type { EventRecord } from "../../src/traces/record.js";
import { eventTable, ownEvents, readItems, readRecords } from "../support/recordings.js";
import { describeWith, sharedPath } from "../support/tools.js";

function told(...points: readonly (readonly [at: bigint, bytes: bigint])[]): EventRecord[] {
  const event = ownEvents.get("migration_transferred_bytes")!;
  return points.map(([timestamp, bytes]) => ({
    type: "event",
    name: event.name,
    event,
    timestamp,
    pid: 0,
    offset: 0,
    payload: new Uint8Array(),
    values: [bytes, 0n, 0n],
  }));
}

describe("SentBytes", () => {
  const sent = new SentBytes(told([10n, 0n], [20n, 0n], [30n, 100n], [40n, 100n], [50n, 250n]));

  test("a byte left between the last moment without it and the first one with it", () => {
    expect(sent.window(0)).toEqual({ earliest: 20n, latest: 30n });
    expect(sent.window(99)).toEqual({ earliest: 20n, latest: 30n });
    expect(sent.window(100)).toEqual({ earliest: 40n, latest: 50n });
  });

  test("of a byte behind the last count only the begin is known", () => {
    expect(sent.window(250)).toEqual({ earliest: 50n, latest: undefined });
  });

  test("tells how many bytes had gone", () => {
    expect([sent.bytesAt(5n), sent.bytesAt(35n), sent.bytesAt(60n)]).toEqual([undefined, 100, 250]);
  });

  test("moments between equal counts are left out", () => {
    const steady = new SentBytes(told([1n, 7n], [2n, 7n], [3n, 7n], [4n, 7n], [5n, 9n]));
    expect(steady.points.map(({ at }) => at)).toEqual([1n, 4n, 5n]);
  });
});

describeWith(["shared"], "SentBytes beside a tap's times", () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  test.each(["q35-precopy", "q35-postcopy", "q35-multifd", "pc-9.2-xbzrle"])(
    "%s: no byte passed the tap before it can have left, or after it was read",
    async (name) => {
      const dir = (file: string) => sharedPath("recordings", name, file);
      const items = await readItems(dir("channel0.bin"));
      const sent = new SentBytes(readRecords(dir("source.simpletrace"), events), items);
      const size = readFileSync(dir("channel0.bin")).length;
      const lines = readFileSync(dir("channel0.times"), "utf8").trim().split("\n");
      const chunks = lines.map((line) => line.split(" ").map(BigInt) as [bigint, bigint]);
      for (const [index, [offset, passed]] of chunks.entries()) {
        const end = Number(chunks[index + 1]?.[0] ?? size);
        for (const byte of [Number(offset), end - 1]) {
          const { earliest } = sent.window(byte);
          expect(earliest === undefined || earliest <= passed).toBe(true);
        }
      }
      expect(sent.points.at(-1)?.bytes).toBe(size);
    },
  );
});
