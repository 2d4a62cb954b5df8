import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeUtf8 } from "../../src/bytes/utf8.js";
import { EventTable } from "../../src/model/event-table.js";
import { openTrace } from "../../src/traces/open-trace.js";
import { renderSimpletrace } from "../../src/traces/render-simpletrace.js";
import { SimpletracePrinter } from "../../src/traces/simpletrace-printer.js";
import { modelsOf } from "../runtime/trace-events-of.js";
import { testWith } from "../support/tools.js";
import { TraceMaker } from "./make-trace.js";
import { randomTrace } from "./random-trace.js";

const declarations = 'none_here(void) ""\nsome_here(const char *s, int n) "%s %d"\n';
const events = new EventTable(modelsOf(declarations));
const begin = () => new TraceMaker().header().mapping(1, "none_here").mapping(2, "some_here");

/** Each line, as the printer of bytes and the one of records have it. */
async function rendered(trace: Uint8Array, declared = events): Promise<(string | undefined)[]> {
  const printer = new SimpletracePrinter();
  const lines: (string | undefined)[] = [];
  let before: bigint | undefined;
  await openTrace(trace, declared).each((cursor) => {
    const line = renderSimpletrace(cursor.record(), before ?? cursor.timestamp);
    before = cursor.timestamp;
    printer.print(cursor);
    expect(decodeUtf8(printer.take())).toBe(line === undefined ? "" : `${line}\n`);
    lines.push(line);
  });
  return lines;
}

describe("a record's line", () => {
  test("has the time since the one before, in microseconds", async () => {
    const trace = begin();
    for (const time of [5000, 5000, 6001, 6000, 5_006_000, 0]) trace.record(1, time, 42);
    expect(await rendered(trace.take())).toEqual([
      "none_here 0.000 pid=42 ",
      "none_here 0.000 pid=42 ",
      "none_here 1.001 pid=42 ",
      "none_here -0.001 pid=42 ",
      "none_here 5000.000 pid=42 ",
      "none_here -5006.000 pid=42 ",
    ]);
  });

  test("has integers as 64 bits in hexadecimal, whatever their type", async () => {
    const trace = begin().record(2, 0, 1, "", -1).record(2, 0, 1, "", 10).take();
    expect(await rendered(trace)).toEqual([
      "some_here 0.000 pid=1 s=b'' n=0xffffffffffffffff",
      "some_here 0.000 pid=1 s=b'' n=0xa",
    ]);
  });

  test.each([
    ["a", "b'a'"],
    ["it's", `b"it's"`],
    ['say "no"', `b'say "no"'`],
    [`it's "no"`, `b'it\\'s "no"'`],
    ["\t\n\r\\\0", "b'\\t\\n\\r\\\\\\x00'"],
    ["é", "b'\\xc3\\xa9'"],
    ["\x1f\x20\x7e\x7f", "b'\\x1f ~\\x7f'"],
  ])("has the string %j as Python's %s", async (text, bytes) => {
    const [line] = await rendered(begin().record(2, 0, 1, text, 0).take());
    expect(line).toBe(`some_here 0.000 pid=1 s=${bytes} n=0x0`);
  });

  test("tells how many events were dropped", async () => {
    const trace = begin().record(0xffff_ffff_ffff_fffen, 7, 1, 18).take();
    expect(await rendered(trace)).toEqual(["Dropped_Event 0.000 pid=1 num_events_dropped=0x12"]);
  });

  test("is none for what simpletrace.py cannot print", async () => {
    expect(await rendered(begin().record(9, 7, 1, 18).take())).toEqual([undefined]);
  });
});

test("random events are printed alike as bytes and as text", async () => {
  const { bytes, events: declared } = randomTrace(22);
  expect(await rendered(bytes, declared)).toHaveLength(3000);
});

testWith(["python", "qemuScripts"], "simpletrace.py prints the same", async (tool) => {
  const trace = begin();
  for (let byte = 0; byte < 256; byte++) trace.record(2, byte * 1111, 7, Uint8Array.of(byte), byte);
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  for (const text of [all, all.subarray(0x28), `'`, `"`, `'"`, "x".repeat(600)])
    trace.record(2, 1_234_567_890_123n, 2 ** 32 - 1, text, 2n ** 63n);
  trace.record(0xffff_ffff_ffff_fffen, 1_234_567_000_000n, 7, 2n ** 64n - 1n);
  for (const time of [0, 1, 999, 1000, 999_999, 1_000_001]) trace.record(1, time, 0);
  const bytes = trace.take();
  const folder = mkdtempSync(join(tmpdir(), "qtrace-"));
  try {
    const [list, file] = [join(folder, "trace-events"), join(folder, "trace")];
    writeFileSync(list, declarations);
    writeFileSync(file, bytes);
    const script = join(tool.qemuScripts, "simpletrace.py");
    const theirs = execFileSync(tool.python, ["-B", script, list, file], { encoding: "utf8" });
    expect((await rendered(bytes)).join("\n")).toBe(theirs.slice(0, -1));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
