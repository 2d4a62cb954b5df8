/** Random traces with garbage between their records, in every version and byte order, against a model. */

import { expect, test } from "vitest";
import { EventTable } from "../../../src/model/event-table.js";
import { openTrace } from "../../../src/traces/open-trace.js";
import type { SimpletraceScanner } from "../../../src/traces/simpletrace/scanner.js";
import { simpletraceFormat } from "../../../src/traces/trace-format.js";
import { modelsOf } from "../../runtime/trace-events-of.js";
import { pick, type Random, seededRandom } from "../../support/random.js";
import { TraceMaker } from "../make-trace.js";

const events = new EventTable(
  modelsOf('ping(void) "ping"\npage(const char *id, int n) "%s %d"\nword(int n) "%d"\n'),
);
const DROPPED = 0xffff_ffff_ffff_fffen;

interface Item {
  readonly kind: "sound" | "raw" | "garbage" | "zeros";
  readonly bytes: Uint8Array;
  /** What it is read as. */
  readonly record: string;
}

function randomItem(random: Random, order: "little" | "big", version: number): Item {
  const maker = new TraceMaker(order, version);
  const time = 2n ** 60n + BigInt(random(1000)) * 2n ** 33n + 0xabcdef01n;
  const kind = pick(random, [
    "page",
    "page",
    "word",
    "word",
    "raw",
    "dropped",
    "garbage",
    "zeros",
    "mapping",
  ]);
  // Where items have no type, zeros or a little garbage and what follows them may be like a head.
  const length = (version === 4 ? 1 : 24) + random(100);
  if (kind === "zeros" && version === 4) return { kind, bytes: new Uint8Array(length), record: "" };
  if (kind === "garbage" || kind === "zeros") {
    const bytes = new Uint8Array(length).fill(pick(random, [0xa5, 0xff]));
    return { kind: "garbage", bytes, record: "" };
  }
  if (kind === "page") {
    const text = "x".repeat(random(50));
    const bytes = maker.record(1, time, 9, text, 5).take();
    return { kind: "sound", bytes, record: `event page ${text},5` };
  }
  if (kind === "mapping" && version === 4) {
    return { kind: "sound", bytes: maker.mapping(3, "word").take(), record: "" };
  }
  if (kind === "word" || kind === "mapping") {
    const bytes = maker.record(2, time, 9, 7).take();
    return { kind: "sound", bytes, record: "event word 7" };
  }
  if (kind === "dropped") {
    return { kind: "sound", bytes: maker.record(DROPPED, time, 9, 3).take(), record: "dropped  3" };
  }
  // Too many words, a cut string, and an id without a name.
  const [record, bytes] = pick(random, [
    () => ["raw word", maker.record(2, time, 9, 7, 7).take()] as const,
    () => ["raw page", maker.record(1, time, 9, "xx").take()] as const,
    () => ["raw event 5", maker.record(5, time, 9, 1).take()] as const,
  ])();
  return { kind: "raw", bytes, record };
}

const isGarbage = (item: Item | undefined) => item?.kind === "garbage" || item?.kind === "zeros";

/**
 * What is read of items: a sound one is taken; a raw one, if no garbage follows it; garbage continues up to
 * a sound item that no garbage follows.
 */
function readingOf(items: readonly Item[], start: number): string[] {
  const records: string[] = [];
  let offset = start;
  let lost: { readonly from: number; zeros: boolean } | undefined;
  for (const [index, item] of items.entries()) {
    const isLast = isGarbage(items[index + 1]);
    const begins = isGarbage(item) || (item.kind === "raw" && isLast);
    const ends = item.kind === "sound" && !isLast;
    if (lost && ends) {
      records.push(`${lost.from} garbage  ${offset - lost.from} ${lost.zeros}`);
      lost = undefined;
    } else if (!lost && begins) lost = { from: offset, zeros: true };
    if (lost) lost.zeros &&= item.bytes.every((byte) => byte === 0);
    else if (item.record !== "") records.push(`${offset} ${item.record}`);
    offset += item.bytes.length;
  }
  if (lost) records.push(`${lost.from} garbage  ${offset - lost.from} ${lost.zeros}`);
  return records;
}

/** Reads bytes in chunks; what the reader is at is as in its records. */
function read(scanner: SimpletraceScanner, bytes: Uint8Array, random: Random): string[] {
  const records: string[] = [];
  const most = pick(random, [5, 60, 10_000]);
  const take = () => {
    while (scanner.advance()) {
      const record = scanner.record();
      const { type, name, offset, timestamp, pid } = scanner;
      expect({
        type: record.type,
        offset: record.offset,
        timestamp: record.timestamp,
        pid: record.pid,
      }).toEqual({ type, offset, timestamp, pid });
      expect(scanner.microseconds).toBe(Number(timestamp) / 1000);
      expect(scanner.size).toBe(scanner.position - offset);
      const rest =
        record.type === "event"
          ? ` ${record.values.join()}`
          : record.type === "dropped"
            ? ` ${record.count}`
            : record.type === "garbage"
              ? ` ${record.length} ${record.zeros}`
              : "";
      records.push(`${offset} ${type} ${name}${rest}`);
    }
  };
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random(most);
    scanner.append(bytes.subarray(at, at + size));
    at += size;
    take();
  }
  scanner.end();
  take();
  expect([scanner.done, scanner.position]).toEqual([true, bytes.length]);
  return records;
}

test.each([
  ["little", 4],
  ["big", 4],
  ["little", 3],
  ["big", 3],
  ["little", 2],
] as const)("a %s-endian trace of version %i", async (order, version) => {
  const random = seededRandom(81);
  for (let run = 0; run < 120; run++) {
    const start = new TraceMaker(order, version).header();
    if (version === 4) start.mapping(1, "page").mapping(2, "word");
    const head = start.take();
    const items = Array.from({ length: random(12) }, () => randomItem(random, order, version));
    // Zeros or garbage next to each other are one.
    const apart = items.filter((item, index) => !(isGarbage(item) && isGarbage(items[index - 1])));
    // The end of a trace may be taken for a record that was cut: two are at the end.
    const word = new TraceMaker(order, version).record(2, 2n ** 60n + 0xabcdefn, 9, 7).take();
    for (let last = 0; last < 2; last++)
      apart.push({ kind: "sound", bytes: word, record: "event word 7" });
    const bytes = Buffer.concat([head, ...apart.map((item) => item.bytes)]);
    const scanner = simpletraceFormat(version, order, true).reader(events) as SimpletraceScanner;
    const found = read(scanner, bytes, random);
    const expected = readingOf(apart, head.length);
    expect(found, JSON.stringify(apart.map(({ kind, record }) => kind + record))).toEqual(expected);
    const counts = await openTrace(bytes, events).count();
    const words = expected.filter((line) => line.includes(" event word")).length;
    expect(counts.get("word") ?? 0).toBe(words);
  }
});
