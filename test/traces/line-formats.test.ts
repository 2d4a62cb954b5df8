/** Every form of log that `formats/log-lines.md` tells of. */

import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { EventTable } from "../../src/model/event-table.js";
import { renderText } from "../../src/traces/render-text.js";
import { traceFormat } from "../../src/traces/trace-format.js";
import { modelsOf } from "../runtime/trace-events-of.js";
import { readTrace } from "./make-trace.js";

const events = new EventTable(
  modelsOf('ram_page(const char *id, int n) "%s at %d"\nping_sent(void) ""\nbare(void)\n'),
);

const read = (text: string) => readTrace(encodeUtf8(text), events);

describe("a line tells time, process and event", () => {
  test.each([
    ["ram_page pc.ram at 5", "log", 0n, 0],
    ["4711@1795404367.671876:ram_page pc.ram at 5", "log-thread", 1795404367671876000n, 4711],
    ["2026-11-23T03:26:07.671876Z ram_page pc.ram at 5", "log-iso", 1795404367671876000n, 0],
    ["2026-11-23T03:26:07Z ram_page pc.ram at 5", "log-iso", 1795404367000000000n, 0],
    [
      " qemu-system-x86-4711  [001] .....  123.456789: tracing_mark_write: ram_page pc.ram at 5",
      "ftrace",
      123456789000n,
      4711,
    ],
    ["Nov 23 03:26:07 host qemu[4711]: ram_page pc.ram at 5", "syslog", 28265167000000000n, 4711],
    [
      "2026-11-23T03:26:07.671876+01:00 host qemu[4711]: ram_page pc.ram at 5",
      "syslog-iso",
      1795400767671876000n,
      4711,
    ],
    ["4711@1795404367671876000 ram_page pc.ram at 5", "systemtap", 1795404367671876000n, 4711],
    [
      "2026-11-23T03:26:07.671876Z qemu-system-x86_64: (4711:main): ram_page pc.ram at 5",
      "log-program",
      1795404367671876000n,
      4711,
    ],
  ])("%s", async (line, format, timestamp, pid) => {
    const { records, ...outcome } = await read(`${line}\n`);
    expect(outcome).toMatchObject({ format, error: undefined, damage: {} });
    expect(records).toMatchObject([
      { type: "event", name: "ram_page", values: ["pc.ram", 5], timestamp, pid, offset: 0 },
    ]);
  });
});

describe("lines of other origin", () => {
  test("are kept as text, and counted", async () => {
    const { records, damage } = await read(
      "ping_sent \nqemu: could not open disk\n\nram_page pc.ram at 5\n",
    );
    expect(records.map(renderText)).toEqual([
      "ping_sent ",
      "qemu: could not open disk",
      "",
      "ram_page pc.ram at 5",
    ]);
    expect(records.map(({ type }) => type)).toEqual(["event", "text", "text", "event"]);
    expect(damage).toEqual({ "lines of other origin": 2 });
  });

  test("that begin as an event does, but go on otherwise, are raw", async () => {
    const { records, damage } = await read("ping_sent \nram_page pc.ram\n");
    expect(records[1]).toMatchObject({ type: "raw", reason: "format", name: "ram_page" });
    expect(Object.values(damage)).toEqual([1]);
  });

  test("that are events of another version are raw", async () => {
    const { records } = await read(
      "1@1.000000:ping_sent \n1@1.000001:savevm_state_setup \n1@1.000002:ping_sent \n",
    );
    expect(records[1]).toMatchObject({ type: "raw", reason: "undeclared" });
  });
});

describe("an end", () => {
  test("in the middle of a line is a cut one", async () => {
    const { records, error } = await read("ping_sent \nram_page pc.r");
    expect(records.map(renderText)).toEqual(["ping_sent "]);
    expect(String(error)).toContain("cut short");
  });

  test("of each line is where the next begins", async () => {
    const { records } = await read("ping_sent \nram_page é at 1\nping_sent \n");
    expect(records.map(({ offset }) => offset)).toEqual([0, 11, 28]);
  });
});

test("chunks may end anywhere, in a character too", async () => {
  const text = "ram_page é😀 at -1\nping_sent \nram_page  at 7\n";
  const bytes = encodeUtf8(text);
  const whole = await readTrace(bytes, events);
  expect(whole.records.map(renderText)).toEqual(text.trimEnd().split("\n"));
  for (let size = 1; size < 9; size++) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    expect(await readTrace(chunks, events)).toEqual(whole);
  }
});

test("offsets are those of the bytes where a line is not UTF-8", async () => {
  const lines = [
    "ram_page \xff\xfe at 1\n",
    "ping_sent \n",
    "ram_page \xc3\xa9\xe2\x82 at 2\n",
    "bare \n",
  ];
  const bytes = Buffer.from(lines.join(""), "latin1");
  const ends = lines.map((_, index) => lines.slice(0, index).join("").length);
  for (const cut of [bytes.length, 12, 25]) {
    const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const { records } = await readTrace(chunks, events);
    expect(records.map(({ offset }) => offset)).toEqual(ends);
  }
  const reader = traceFormat("log")!.reader(events);
  for (const byte of bytes) reader.append(Uint8Array.of(byte));
  reader.end();
  const offsets = [];
  for (let record = reader.next(); record; record = reader.next()) offsets.push(record.offset);
  expect([offsets, reader.position]).toEqual([ends, bytes.length]);
});
