/** The quick printer of bytes beside `renderText`, on random formats and values. */

import { expect, test } from "vitest";
import { decodeUtf8 } from "../../src/bytes/utf8.js";
import { EventTable } from "../../src/model/event-table.js";
import { SimpleSink } from "../../src/runtime/simple-sink.js";
import { renderText } from "../../src/traces/render-text.js";
import { SimpletraceScanner } from "../../src/traces/simpletrace/scanner.js";
import { TextPrinter } from "../../src/traces/text-printer.js";
import { randomCall } from "../printf/random-call.js";
import { modelsOf, traceEventsOf } from "../runtime/trace-events-of.js";
import { seededRandom } from "../support/random.js";
import { TraceMaker } from "./make-trace.js";
import { randomTrace } from "./random-trace.js";

const layout = { prefix: 8, header: true, positions: false } as const;

/** Each line by both printers. */
function bothWays(bytes: Uint8Array, events: EventTable, order: "little" | "big" = "little") {
  const lines: [quick: string, rendered: string][] = [];
  const scanner = new SimpletraceScanner(events, order, layout);
  scanner.append(bytes);
  scanner.end();
  const printer = new TextPrinter();
  while (scanner.advance()) {
    const rendered = `${renderText(scanner.record())}\n`;
    printer.print(scanner);
    lines.push([decodeUtf8(printer.take()), rendered]);
  }
  return lines;
}

function expectEqual(lines: readonly (readonly [quick: string, rendered: string])[]): void {
  expect(lines.filter(([quick, rendered]) => quick !== rendered).slice(0, 10)).toEqual([]);
}

test("random formats of matching types", () => {
  const random = seededRandom(11);
  const calls = Array.from({ length: 2000 }, () => randomCall(random, "LP64"));
  const models = calls.map(({ event, format }, index) => {
    const declared = event.declaration.slice(1, event.declaration.indexOf(")") + 1);
    return modelsOf(`e${index}${declared} ${format}\n`)[0]!;
  });
  const chunks: Uint8Array[] = [];
  const sink = new SimpleSink({ write: (bytes) => chunks.push(bytes), clock: () => 0n });
  const events = traceEventsOf(models);
  for (const event of events) sink.define(event);
  for (const [index, { values }] of calls.entries()) sink.write(events[index]!, values);
  sink.flush();
  const lines = bothWays(Buffer.concat(chunks), new EventTable(models));
  expect(lines).toHaveLength(calls.length);
  expectEqual(lines);
});

test("the formats that are common in QEMU, of any type and any value", () => {
  const { bytes, events } = randomTrace(12);
  const lines = bothWays(bytes, events);
  expect(lines).toHaveLength(3000);
  expectEqual(lines);
});

test("a trace of a big-endian machine, and integers that are wider than their types", () => {
  const models = modelsOf('e(uint8_t a, int b, uint32_t c, bool d, void *p) "%u %d %x %d %p"\n');
  const trace = (order: "little" | "big") =>
    new TraceMaker(order)
      .header()
      .mapping(1, "e")
      .record(1, 0, 1, 2n ** 64n - 1n, 2n ** 64n - 1n, 2n ** 40n + 5n, 2n, 2n ** 63n)
      .take();
  for (const order of ["little", "big"] as const) {
    const lines = bothWays(trace(order), new EventTable(models), order);
    expect(lines).toEqual([
      ["e 255 -1 5 1 0x8000000000000000\n", "e 255 -1 5 1 0x8000000000000000\n"],
    ]);
  }
});

test("a string's bytes are printed as they are, be they UTF-8 or not", () => {
  const models = modelsOf('e(const char *s) "%s|"\n');
  const scanner = new SimpletraceScanner(new EventTable(models), "little", layout);
  scanner.append(
    new TraceMaker()
      .header()
      .mapping(1, "e")
      .record(1, 0, 1, Uint8Array.of(0xff, 0x41, 0))
      .take(),
  );
  const printer = new TextPrinter();
  expect(scanner.advance()).toBe(true);
  printer.print(scanner);
  expect(printer.take()).toEqual(Uint8Array.of(0x65, 0x20, 0xff, 0x41, 0, 0x7c, 0x0a));
});

test("lines of many megabytes in one buffer", () => {
  const models = modelsOf('e(const char *s, int n) "%s %200d"\n');
  const maker = new TraceMaker().header().mapping(1, "e");
  for (let count = 0; count < 2000; count++) maker.record(1, count, 1, "x".repeat(512), count);
  const scanner = new SimpletraceScanner(new EventTable(models), "little", layout);
  scanner.append(maker.take());
  const printer = new TextPrinter();
  while (scanner.advance()) printer.print(scanner);
  expect(printer.take().length).toBe(2000 * (2 + 512 + 1 + 200 + 1));
});
