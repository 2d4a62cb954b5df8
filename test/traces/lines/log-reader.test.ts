import { describe, expect, test } from "vitest";
import { DecodeError } from "../../../src/bytes/decode-error.js";
import { encodeUtf8 } from "../../../src/bytes/utf8.js";
import { EventTable } from "../../../src/model/event-table.js";
import { lineFormats } from "../../../src/traces/lines/line-formats.js";
import { LogReader } from "../../../src/traces/lines/log-reader.js";
import { modelsOf } from "../../runtime/trace-events-of.js";

const events = new EventTable(
  modelsOf('ram_page(const char *id, int n) "%s at %d"\nbare(void)\nwide(uint64_t a) "%u"\n'),
);

function readerOf(format: string, text: string): LogReader {
  const reader = new LogReader(events, lineFormats.find(({ name }) => name === format)!);
  reader.append(encodeUtf8(text));
  reader.end();
  return reader;
}

/** What a reader is at after each step, and then its damage. */
function steps(format: string, text: string) {
  const reader = readerOf(format, text);
  const steps: unknown[] = [];
  while (reader.advance()) {
    const { type, name, key, timestamp, microseconds, pid, offset, size, event } = reader;
    const common = { name, key, timestamp, microseconds, pid, offset, size };
    expect(event).toBe(type === "event" ? events.get(name) : undefined);
    steps.push({ type, ...common, values: [0, 1].map((index) => reader.value(index)) });
  }
  expect([reader.done, reader.position]).toEqual([true, encodeUtf8(text).length]);
  return { steps, damage: Object.fromEntries(reader.damage.counts) };
}

const none = { timestamp: 0n, microseconds: 0, pid: 0 };

test("a reader goes from line to line", () => {
  const text = "ram_page pc.ram at 5\nqemu: error\nram_page x\nbare\nwide 7\nram_page é at 6\n";
  expect(steps("log", text)).toEqual({
    steps: [
      {
        type: "event",
        name: "ram_page",
        key: 0,
        ...none,
        offset: 0,
        size: 21,
        values: ["pc.ram", 5],
      },
      { type: "text", name: "", key: -1, ...none, offset: 21, size: 12, values: [null, null] },
      {
        type: "raw",
        name: "ram_page",
        key: 0,
        ...none,
        offset: 33,
        size: 11,
        values: [null, null],
      },
      { type: "event", name: "bare", key: 1, ...none, offset: 44, size: 5, values: [null, null] },
      { type: "event", name: "wide", key: 2, ...none, offset: 49, size: 7, values: [7n, null] },
      { type: "event", name: "ram_page", key: 0, ...none, offset: 56, size: 17, values: ["é", 6] },
    ],
    damage: {
      "lines of other origin": 1,
      "records of ram_page with other text than its format prints": 1,
      "records with arguments that the text does not tell for certain": 1,
    },
  });
});

test("a line tells time and process, also where its event is not declared", () => {
  const at = { timestamp: 1_500_000_000n, microseconds: 1_500_000, pid: 7 };
  expect(steps("log-thread", "7@1.500000:bare\n7@1.500000:other_event 5\nerror\n").steps).toEqual([
    { type: "event", name: "bare", key: 0, ...at, offset: 0, size: 16, values: [null, null] },
    {
      type: "raw",
      name: "other_event",
      key: -1,
      ...at,
      offset: 16,
      size: 25,
      values: [null, null],
    },
    { type: "text", name: "", key: -1, ...none, offset: 41, size: 6, values: [null, null] },
  ]);
});

describe("an event that is not declared", () => {
  test.each([
    ["7@1.000000:a_b c", "raw"],
    ["7@1.000000:a_b ", "raw"],
    ["7@1.000000:A1_ x", "raw"],
    ["7@1.000000:a_b_c_1 x", "raw"],
    ["7@1.000000:a_b", "text"],
    ["7@1.000000:ab c", "text"],
    ["7@1.000000:_a c", "text"],
    ["7@1.000000:1_a c", "text"],
    ["7@1.000000:a-b_c d", "text"],
    ["7@1.000000:a_b- d", "text"],
    ["7@1.000000: a_b", "text"],
    ["a_b c", "text"],
  ])("%j is %s", (line, type) => {
    const reader = readerOf("log-thread", `${line}\n`);
    expect(reader.next()?.type).toBe(type);
    expect(reader.next()).toBeUndefined();
  });

  test("is text in a log without prefixes", () => {
    expect(readerOf("log", "a_b c\n").next()?.type).toBe("text");
  });
});

test("records have what their lines have", () => {
  const reader = readerOf(
    "log-thread",
    "7@1.000000:ram_page x\n7@1.000000:a_b c d\n7@1.000000:wide 1\nx\n",
  );
  const head = { timestamp: 1_000_000_000n, pid: 7 };
  expect([reader.next(), reader.next(), reader.next(), reader.next()]).toEqual([
    {
      ...{ type: "raw", reason: "format", name: "ram_page", ...head, offset: 0 },
      payload: encodeUtf8("x"),
    },
    {
      ...{ type: "raw", reason: "undeclared", name: "a_b", ...head, offset: 22 },
      payload: encodeUtf8("c d"),
    },
    expect.objectContaining({ type: "event", ...head, offset: 41, text: "1", uncertain: ["a"] }),
    { type: "text", name: "", timestamp: 0n, pid: 0, offset: 59, text: "x" },
  ]);
});

test("an event's record has a payload as simpletrace has it, 0 for what is not known", () => {
  const [record] = [readerOf("log", "ram_page ab at 5\n").next()];
  expect(record).toMatchObject({ byteOrder: "little", text: "ab at 5", uncertain: undefined });
  const payload = Uint8Array.from([2, 0, 0, 0, 97, 98, 5, 0, 0, 0, 0, 0, 0, 0]);
  expect((record as { payload: Uint8Array }).payload).toEqual(payload);
});

describe("a carriage return at the end of a line", () => {
  const kinds = (text: string) => {
    const reader = readerOf("log", text);
    const records: unknown[] = [];
    for (let record = reader.next(); record; record = reader.next()) {
      records.push(record.type === "text" ? record.text : record.type);
    }
    return records;
  };

  test("is not part of it where the first line has one", () => {
    expect(kinds("bare\r\nx\r\ny\nbare\r\n")).toEqual(["event", "x", "y", "event"]);
  });

  test("is part of it where the first line has none", () => {
    expect(kinds("bare\nx\r\nbare\r\n")).toEqual(["event", "x\r", "bare\r"]);
    expect(kinds("x\ry\r\rz\n")).toEqual(["x\ry\r\rz"]);
  });
});

describe("the end of a log", () => {
  test("within a line is an error, after the lines before", () => {
    const reader = readerOf("log", "bare\nbare");
    expect(reader.advance()).toBe(true);
    expect(() => reader.advance()).toThrow(
      new DecodeError("cut short: the last line has no end", 5),
    );
    expect([reader.done, reader.advance()]).toEqual([true, false]);
  });

  test("is not there while more may come", () => {
    const reader = new LogReader(events, lineFormats.at(-1)!);
    expect([reader.advance(), reader.done]).toEqual([false, false]);
    reader.append(encodeUtf8("bare"));
    expect([reader.advance(), reader.done]).toEqual([false, false]);
    reader.append(encodeUtf8("\n"));
    expect([reader.advance(), reader.done, reader.type]).toEqual([true, false, "event"]);
    reader.end();
    expect([reader.advance(), reader.done]).toEqual([false, true]);
  });
});

test("timestamps that step back are counted per process", () => {
  const text = "7@2.000000:bare\n8@1.000000:bare\n7@1.999999:bare\n7@1.999999:bare\n";
  expect(steps("log-thread", text).damage).toEqual({ "timestamps that step back": 1 });
});
