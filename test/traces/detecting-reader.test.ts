import { expect, test } from "vitest";
import { detectFormat } from "../../src/traces/detect.js";
import { DetectingReader } from "../../src/traces/detecting-reader.js";
import { LineSplitter } from "../../src/traces/lines/line-splitter.js";
import { traceFormat } from "../../src/traces/trace-format.js";
import { ownEvents } from "../support/recordings.js";

const noise = "lines of a console that say nothing of events\n".repeat(1000);

test("tiny chunks are looked at a number of times that does not grow with them", () => {
  const bytes = Buffer.from(noise);
  let looks = 0;
  let seen = 0;
  const reader = new DetectingReader((sample, ended) => {
    looks += 1;
    seen += sample.length;
    const format = detectFormat(sample, ended, ownEvents);
    return format && { format, reader: format.reader(ownEvents) };
  });
  for (let at = 0; at < bytes.length; at += 3) {
    reader.append(bytes.subarray(at, at + 3));
    expect(reader.advance()).toBe(false);
  }
  // Of 15,000 chunks: at each eighth more, some 80 looks at nine times the bytes in all.
  expect(looks).toBeLessThan(120);
  expect(seen).toBeLessThan(12 * bytes.length);
});

test("a trace in tiny chunks is read as one in a single chunk", () => {
  const bytes = Buffer.from(`${noise.slice(0, 460)}savevm_section_start ram, section_id 1\n`);
  const read = (size: number) => {
    const reader = new DetectingReader((sample, ended) => {
      const format = detectFormat(sample, ended, ownEvents);
      return format && { format, reader: format.reader(ownEvents) };
    });
    const records: (readonly [string, number])[] = [];
    const take = () => {
      while (reader.advance()) records.push([reader.name, reader.offset]);
    };
    for (let at = 0; at < bytes.length; at += size) {
      reader.append(bytes.slice(at, at + size));
      take();
    }
    reader.end();
    take();
    return records;
  };
  expect(read(1)).toEqual(read(bytes.length));
  expect(read(1).at(-1)).toEqual(["savevm_section_start", 460]);
});

test("a line in single bytes, in memory that is used again", () => {
  const lines = new LineSplitter();
  const byte = new Uint8Array(1);
  const found: string[] = [];
  for (const character of Buffer.from("first ü\nsecond\n")) {
    byte[0] = character;
    lines.append(byte);
    while (lines.advance()) found.push(`${lines.offset} ${lines.size} ${lines.line}`);
  }
  expect(found).toEqual(["0 9 first ü", "9 7 second"]);
});

test("before the format is told there is no record; then all is as its reader has it", () => {
  const format = traceFormat("log-thread")!;
  const reader = new DetectingReader((sample) =>
    sample.length < 5 ? undefined : { format, reader: format.reader(ownEvents) },
  );
  for (const read of [
    () => reader.record(),
    () => reader.type,
    () => reader.name,
    () => reader.event,
    () => reader.key,
    () => reader.timestamp,
    () => reader.microseconds,
    () => reader.pid,
    () => reader.offset,
    () => reader.size,
    () => reader.value(0),
  ])
    expect(read).toThrow(new Error("no record yet: advance first"));
  const before = { format: undefined, reader: undefined, done: false, position: 0 };
  expect(reader).toMatchObject(before);
  expect(reader.damage.counts.size).toBe(0);
  reader.append(Buffer.from("7@1."));
  expect([reader.advance(), reader.next(), reader.done]).toEqual([false, undefined, false]);
  reader.append(Buffer.from("500000:savevm_section_start ram, section_id 1\nx\n"));
  expect(reader.advance()).toBe(true);
  const at = { timestamp: 1_500_000_000n, microseconds: 1_500_000, pid: 7, offset: 0, size: 50 };
  expect(reader).toMatchObject({
    ...at,
    type: "event",
    name: "savevm_section_start",
    key: 0,
    format,
  });
  expect(reader.event).toBe(ownEvents.get("savevm_section_start"));
  expect([reader.value(0), reader.value(1), reader.record().type]).toEqual(["ram", 1, "event"]);
  expect([reader.next()?.type, reader.position, reader.damage.counts.size]).toEqual([
    "text",
    52,
    1,
  ]);
  reader.end();
  expect([reader.advance(), reader.done]).toEqual([false, true]);
});

test("what is no trace is an error once, and done then", () => {
  let looks = 0;
  const reader = new DetectingReader(() => {
    looks++;
    throw new Error("none");
  });
  expect(() => reader.advance()).toThrow("none");
  expect([reader.done, reader.advance(), looks]).toEqual([true, false, 1]);
});

test("an end before the format is told is told to its reader", () => {
  const format = traceFormat("log")!;
  const reader = new DetectingReader((_, ended) =>
    ended ? { format, reader: format.reader(ownEvents) } : undefined,
  );
  reader.append(Buffer.from("x\n"));
  expect(reader.advance()).toBe(false);
  reader.end();
  expect([reader.next()?.type, reader.next(), reader.done]).toEqual(["text", undefined, true]);
});
