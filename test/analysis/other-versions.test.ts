import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { AnyTraceReader } from "../../src/traces/any-reader.js";
import type { EventRecord } from "../../src/traces/record.js";
import { eventTable, fixture, ownEvents } from "../support/recordings.js";

function eventsOf(qemu: string) {
  return eventTable(fixture("other-versions", qemu, "trace-events")).concat(ownEvents);
}

/** Both ends' records of a migration within one QEMU. */
function recordsOf(qemu: string, declared = eventsOf(qemu)) {
  const read = (side: string) => {
    const reader = new AnyTraceReader(declared);
    reader.append(gunzipSync(readFileSync(fixture("other-versions", qemu, `${side}.log.gz`))));
    reader.end();
    const records: EventRecord[] = [];
    for (let record = reader.next(); record; record = reader.next()) {
      if (record.type === "event") records.push(record);
    }
    return records;
  };
  return { source: read("source"), destination: read("destination") };
}

/** The guest dirties so many bytes over and over. */
const DIRTY = 128 * 4096;

describe.each(["qemu-5.2", "qemu-11.1"])("a migration within %s", (qemu) => {
  const account = analyze(recordsOf(qemu));

  test("every item is paired on both sides", () => {
    for (const side of [account.source, account.destination]) {
      expect(side).toMatchObject({ paired: side?.expected, strays: [] });
    }
  });

  test("commands have their names", () => {
    const labels = account.items.map(({ label }) => label);
    expect(labels.slice(0, 3)).toEqual(["CONFIGURATION", "OPEN_RETURN_PATH", "PING 0x1"]);
  });

  test("RAM and a device are loaded until their last events", () => {
    const took = (label: string) => {
      const { destination } = account.items.findLast((item) => item.label === label)!;
      return destination.status === "paired" ? destination.end - destination.start : 0n;
    };
    expect(took("ram END")).toBeGreaterThan(10_000n);
    expect(took("0000:00:1f.2/ich9_ahci FULL")).toBeGreaterThan(1_000_000n);
  });
});

test("commands have their names, too, where 5.2 is read by the declarations of a newer one", () => {
  const { source, destination } = recordsOf("qemu-5.2", ownEvents);
  expect(analyze({ source, destination }).destination).toMatchObject({ strays: [] });
  const labels = analyze({ destination }).items.map(({ label }) => label);
  expect(labels).toContain("OPEN_RETURN_PATH");
});

test.each([
  ["qemu-5.2", [undefined, DIRTY]],
  ["qemu-11.1", [undefined, DIRTY, DIRTY]],
])("%s tells what was dirty when a round began", (qemu, pending) => {
  const rounds = analyze(recordsOf(qemu)).rounds;
  expect(rounds.map((round) => round.pending)).toEqual(pending);
});
