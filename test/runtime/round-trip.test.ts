/**
 * What the simple sink writes, read by our reader and by QEMU's: random events, random values.
 * QTRACE_TRACE_CALLS sets how many (1,500 unless told), QTRACE_SEED which.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeUtf8 } from "../../src/bytes/utf8.js";
import { EventTable } from "../../src/model/event-table.js";
import { SimpleSink } from "../../src/runtime/simple-sink.js";
import { openTrace } from "../../src/traces/open-trace.js";
import { readRecords } from "../../src/traces/read-records.js";
import { SimpletracePrinter } from "../../src/traces/simpletrace-printer.js";
import { pick, seededRandom } from "../support/random.js";
import { testWith } from "../support/tools.js";
import { keptValue } from "./kept-value.js";
import { randomValues } from "./random-values.js";
import { modelsOf, traceEventsOf } from "./trace-events-of.js";

const types = [
  ..."int8_t uint8_t int16_t uint16_t int32_t uint32_t int64_t uint64_t size_t ssize_t".split(" "),
  ...["char", "bool", "int", "unsigned long", "void *", "char *", "const char *", "uintptr_t"],
];

const count = Number(process.env.QTRACE_TRACE_CALLS ?? 1500);
const random = seededRandom(Number(process.env.QTRACE_SEED ?? 4));
const text = Array.from({ length: 60 }, (_, event) => {
  const count = event % 11;
  const list = Array.from({ length: count }, (_, index) => `${pick(random, types)} a${index}`);
  return `random_${event}(${list.join(", ") || "void"})\n`;
}).join("");
const models = modelsOf(text);
const calls = Array.from({ length: count }, (_, index) => {
  const model = models[index % models.length]!;
  return { model, values: randomValues(random, model), time: BigInt(index) * 1_000_003n };
});

/** What QEMU's script prints of a trace. */
function simpletracePy(tool: { python: string; qemuScripts: string }, trace: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-"));
  const [declarations, file] = [join(folder, "trace-events"), join(folder, "trace")];
  writeFileSync(declarations, text.replaceAll(")\n", ') ""\n'));
  writeFileSync(file, trace);
  const args = [join(tool.qemuScripts, "simpletrace.py"), declarations, file];
  return execFileSync(tool.python, args, { encoding: "utf8", maxBuffer: 1 << 30 });
}

/** What we print of it. */
async function rendered(chunks: readonly Uint8Array[]): Promise<string[]> {
  const printer = new SimpletracePrinter();
  const lines: string[] = [];
  await openTrace(chunks, new EventTable(models)).each((cursor) => {
    printer.print(cursor);
    lines.push(decodeUtf8(printer.take()));
  });
  return lines;
}

/** The trace of all calls, in the chunks that the sink wrote. */
function writeAll(): Uint8Array[] {
  const events = traceEventsOf(models);
  const chunks: Uint8Array[] = [];
  let time = 0n;
  const write = (bytes: Uint8Array) => chunks.push(bytes);
  const sink = new SimpleSink({ write, clock: () => time, pid: 4711, bufferSize: 10_000 });
  for (const event of events) sink.define(event);
  for (const call of calls) {
    time = call.time;
    sink.write(events[models.indexOf(call.model)]!, call.values);
  }
  sink.flush();
  return chunks;
}

describe("a trace of the simple sink", () => {
  test("is read back as C would have passed the values", async () => {
    const read = [];
    for await (const record of readRecords(writeAll(), models)) read.push(record);
    expect(read.length).toBe(calls.length);
    for (const [index, { model, values, time }] of calls.entries()) {
      const named = model.arguments.map(
        (argument, at) => [argument.name, keptValue(argument, values[at]!)] as const,
      );
      expect(read[index], model.declaration).toEqual({
        group: "test",
        event: model.name,
        timestamp: time,
        pid: 4711,
        arguments: Object.fromEntries(named),
      });
    }
  });

  testWith(
    ["python", "qemuScripts"],
    "is read by simpletrace.py, its text as ours",
    async (tool) => {
      const chunks = writeAll();
      const ours = await rendered(chunks);
      expect(ours.length).toBe(calls.length);
      expect(ours.join("")).toBe(simpletracePy(tool, Buffer.concat(chunks)));
    },
  );

  testWith(
    ["python", "qemuScripts"],
    "tells simpletrace.py of events that a slow writer lost",
    async (tool) => {
      const [event] = traceEventsOf(models);
      const chunks: Uint8Array[] = [];
      let ready = () => {};
      const write = (bytes: Uint8Array) => {
        chunks.push(bytes);
        return new Promise<void>((resolve) => {
          ready = resolve;
        });
      };
      let time = 0n;
      const clock = () => (time += 1000n);
      const sink = new SimpleSink({ write, clock, bufferSize: 100, backlog: 5000 });
      sink.define(event!);
      for (let index = 0; index < 1000; index++) sink.write(event!, []);
      ready();
      await Promise.resolve().then(() => {});
      for (let index = 0; index < 10; index++) sink.write(event!, []);
      sink.flush();
      const ours = await rendered(chunks);
      expect(ours.join("")).toBe(simpletracePy(tool, Buffer.concat(chunks)));
      const lost = ours
        .map((line) => /^Dropped_Event .*=(0x[0-9a-f]+)\n/.exec(line)?.[1])
        .filter(Boolean);
      expect(lost).toHaveLength(1);
      expect(ours.length - 1 + Number(lost[0])).toBe(1010);
    },
  );
});
