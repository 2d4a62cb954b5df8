import { expect, test } from "vitest";
import { detectFormat } from "../../src/traces/detect.js";
import { DetectingReader } from "../../src/traces/detecting-reader.js";
import { LineSplitter } from "../../src/traces/lines/line-splitter.js";
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
