import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../src/bytes/utf8.js";
import type { EventTable } from "../../src/model/event-table.js";
import { JsonPrinter } from "../../src/traces/json-printer.js";
import { openTrace } from "../../src/traces/open-trace.js";
import { recordJson } from "../../src/traces/record-json.js";
import type { TraceInput } from "../../src/traces/trace-input.js";
import { eventTable, fixture, ownEvents } from "../support/recordings.js";
import { sharedPath, testWith } from "../support/tools.js";
import { TraceMaker } from "./make-trace.js";
import { randomTrace } from "./random-trace.js";

/** How many records were printed; each as JSON.stringify prints it. */
async function printed(input: TraceInput, events: EventTable): Promise<number> {
  const printer = new JsonPrinter();
  let count = 0;
  await openTrace(input, events).each((cursor) => {
    printer.print(cursor);
    const line = decodeUtf8(printer.take());
    const expected = `${JSON.stringify(recordJson(cursor.record()))}\n`;
    if (line !== expected) expect(line).toBe(expected);
    count++;
  });
  return count;
}

test("prints what JSON.stringify prints of recordJson", async () => {
  expect(await printed(fixture("microvm-file", "source.simpletrace"), ownEvents)).toBe(98);
});

test("whatever is in strings, of whatever size numbers are, and of what is no event", async () => {
  const trace = new TraceMaker()
    .header()
    .mapping(1, "savevm_section_start")
    .mapping(2, "migration_bitmap_sync_end")
    .record(1, 0, 1, 'a "quoted"\n\u2028 é \ud83d\ude00', 2 ** 32 - 1)
    .record(1, 5, 2, new Uint8Array([0xff, 0, 0x22]), -1)
    .record(2, 2n ** 63n, 3, 2n ** 64n - 1n)
    .record(99, 6, 3, 1)
    .record(2n ** 64n - 2n, 7, 3, 5)
    .bytes(new Uint8Array(100))
    .record(2, 8, 3, 0);
  expect(await printed(trace.take(), ownEvents)).toBe(7);
  expect(await printed(new TextEncoder().encode("savevm_state_header \nhello\n"), ownEvents)).toBe(
    2,
  );
});

test("random events", async () => {
  const { bytes, events } = randomTrace(21);
  expect(await printed(bytes, events)).toBe(3000);
});

testWith(["shared"], "and of real traces", async () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  for (const name of ["q35-precopy", "q35-postcopy"]) {
    const trace = readFileSync(sharedPath("recordings", name, "destination.simpletrace"));
    expect(await printed(trace, events)).toBeGreaterThan(1000);
  }
});
