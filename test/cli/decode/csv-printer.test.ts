import { expect, test } from "vitest";
import { decodeUtf8 } from "../../../src/bytes/utf8.js";
import { CsvPrinter } from "../../../src/cli/decode/csv-printer.js";
import { csvRow, recordCells } from "../../../src/cli/decode/record-table.js";
import { EventTable } from "../../../src/model/event-table.js";
import { openTrace } from "../../../src/traces/open-trace.js";
import { modelsOf } from "../../runtime/trace-events-of.js";
import { eventTable, fixture, ownEvents } from "../../support/recordings.js";
import { sharedPath, testWith } from "../../support/tools.js";
import { TraceMaker } from "../../traces/make-trace.js";
import { randomTrace } from "../../traces/random-trace.js";

/** How many rows were printed; each as `csvRow` prints it. */
async function printed(trace: Uint8Array | string, events: EventTable): Promise<number> {
  const printer = new CsvPrinter();
  expect(decodeUtf8(printer.take())).toBe("timestamp,pid,type,event,text,arguments\n");
  let count = 0;
  await openTrace(trace, events).each((cursor) => {
    printer.print(cursor);
    const line = decodeUtf8(printer.take());
    const expected = `${csvRow(recordCells(cursor.record()))}\n`;
    if (line !== expected) expect(line).toBe(expected);
    count++;
  });
  return count;
}

test("whatever is in strings, fields of one event have", async () => {
  const events = new EventTable(
    modelsOf(`some(const char *s, int n) "%s"\nbare(void) ""\nlong(const char *s) "'%s', %s"\n`),
  );
  const trace = new TraceMaker().header().mapping(1, "some").mapping(2, "bare").mapping(3, "long");
  const texts = [
    "",
    "plain",
    "a,b",
    'say "no"',
    "line\nline",
    "\r",
    "é",
    '"',
    "\\",
    "\0",
    "x".repeat(60_000),
  ];
  for (const text of texts) trace.record(1, 0, 1, text, -1).record(3, 2n ** 63n, 1, text);
  for (const bytes of [Uint8Array.of(0xff), Uint8Array.of(0x22, 0xe2, 0x80), new Uint8Array(3)])
    trace.record(1, 0, 1, bytes, -1);
  trace.record(2, 7, 1).record(9, 6, 3, 1).bytes(new Uint8Array(100)).record(2, 8, 3);
  expect(await printed(trace.take(), events)).toBe(2 * texts.length + 6);
});

test("random events", async () => {
  const { bytes, events } = randomTrace(23);
  expect(await printed(bytes, events)).toBe(3000);
});

test("a log", async () => {
  const log = new TextEncoder().encode("savevm_state_header \nhello, world\n");
  expect(await printed(log, ownEvents)).toBe(2);
  expect(await printed(fixture("microvm-file", "source.simpletrace"), ownEvents)).toBe(98);
});

testWith(["shared"], "real traces", async () => {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  for (const name of ["q35-precopy", "q35-postcopy"]) {
    const trace = sharedPath("recordings", name, "destination.simpletrace");
    expect(await printed(trace, events)).toBeGreaterThan(1000);
  }
});
