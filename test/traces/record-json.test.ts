/** Records as JSON, as text, as simpletrace.py prints them: by hand, one of each kind. */

import { describe, expect, test } from "vitest";
import { encodePayload } from "../../src/traces/encode-payload.js";
import { rawValues } from "../../src/traces/raw-values.js";
import { type EventRecord, namedValues, type TraceRecord } from "../../src/traces/record.js";
import { modelOf } from "../../src/traces/record-group.js";
import { recordJson } from "../../src/traces/record-json.js";
import { microseconds, renderSimpletrace } from "../../src/traces/render-simpletrace.js";
import { renderText } from "../../src/traces/render-text.js";
import { traceFormat, traceFormats } from "../../src/traces/trace-format.js";
import { modelsOf } from "../runtime/trace-events-of.js";

const [event] = modelsOf('e(const char *s, int n, uint64_t w, bool __proto__) "%s %d %lu %d"\n');
const head = { timestamp: 5_000_001_234n, pid: 7, offset: 9 };
const values = ["a'b", -1, 2n ** 64n - 1n, true];
const record: EventRecord = {
  ...{ type: "event", name: "e", event: event!, ...head, values },
  payload: encodePayload(event!, values),
};
const raw = { type: "raw", name: "e", ...head, payload: Uint8Array.of(0x61, 0x0f) } as const;

describe("a record as JSON", () => {
  const common = { timestamp: "5000001234", pid: 7 };
  test.each<readonly [kind: string, record: TraceRecord, json: object]>([
    [
      "an event",
      record,
      {
        event: "e",
        ...common,
        arguments: JSON.parse('{"s":"a\'b","n":-1,"w":"18446744073709551615","__proto__":true}'),
      },
    ],
    [
      "an uncertain event without a time",
      { ...record, timestamp: 0n, values: [null, 0, 0n, false], uncertain: ["s"] },
      {
        event: "e",
        timestamp: null,
        pid: 7,
        arguments: JSON.parse('{"s":null,"n":0,"w":"0","__proto__":false}'),
        uncertain: ["s"],
      },
    ],
    ["dropped events", { type: "dropped", ...head, count: 3n }, { ...common, dropped: "3" }],
    [
      "a raw record",
      { ...raw, reason: "layout", difference: "why" },
      { event: "e", ...common, damage: "layout", payload: "610f", difference: "why" },
    ],
    [
      "a raw record without a difference",
      { ...raw, reason: "undeclared" },
      { event: "e", ...common, damage: "undeclared", payload: "610f" },
    ],
    ["text", { type: "text", name: "", ...head, text: "x" }, { ...common, text: "x" }],
    [
      "garbage",
      { type: "garbage", name: "", ...head, length: 5, zeros: true },
      { offset: 9, garbage: 5, zeros: true },
    ],
  ])("of %s", (_, one, json) => {
    expect(JSON.stringify(recordJson(one))).toBe(JSON.stringify(json));
  });
});

test("a record as text", () => {
  expect(renderText(record)).toBe("e a'b -1 18446744073709551615 1");
  expect(renderText({ ...record, text: "as it was" })).toBe("e as it was");
  expect(renderText({ type: "dropped", ...head, count: 3n })).toBe("[3 events dropped]");
  expect(renderText({ ...raw, reason: "format" })).toBe("e a\x0f");
  expect(renderText({ ...raw, reason: "layout" })).toBe("e [layout] 610f");
  expect(renderText({ type: "text", name: "", ...head, text: "x" })).toBe("x");
  const garbage = { type: "garbage", name: "", ...head, length: 5 } as const;
  expect(renderText({ ...garbage, zeros: true })).toBe("[5 zero bytes]");
  expect(renderText({ ...garbage, zeros: false })).toBe("[5 bytes of garbage]");
  const [bare] = modelsOf("bare(void)\n");
  expect(renderText({ ...record, name: "bare", event: bare!, values: [] })).toBe("bare ");
});

test("a record as simpletrace.py prints it", () => {
  const before = 5_000_000_000n;
  expect(renderSimpletrace(record, before)).toBe(
    `e 1.234 pid=7 s=b"a'b" n=0xffffffffffffffff w=0xffffffffffffffff __proto__=0x1`,
  );
  const payload = Uint8Array.from([
    0,
    0,
    0,
    1,
    0x61,
    ...new Uint8Array(7),
    5,
    ...new Uint8Array(16),
  ]);
  expect(renderSimpletrace({ ...record, payload, byteOrder: "big" }, before)).toBe(
    "e 1.234 pid=7 s=b'a' n=0x5 w=0x0 __proto__=0x0",
  );
  expect(renderSimpletrace({ type: "dropped", ...head, count: 30n }, before)).toBe(
    "Dropped_Event 1.234 pid=7 num_events_dropped=0x1e",
  );
  expect(renderSimpletrace({ ...raw, reason: "layout" }, before)).toBeUndefined();
  expect(renderSimpletrace({ type: "text", name: "", ...head, text: "" }, 0n)).toBeUndefined();
});

test.each([
  [0n, "0.000"],
  [1n, "0.001"],
  [999n, "0.999"],
  [1000n, "1.000"],
  [-1n, "-0.001"],
  [-1_234_567n, "-1234.567"],
])("%i nanoseconds are %s microseconds", (nanoseconds, text) => {
  expect(microseconds(nanoseconds)).toBe(text);
});

test("a payload has a string's length and bytes, and 64 bits of all else", () => {
  const payload = encodePayload(event!, ["é", -2, 3n]);
  const word = (low: number) => [low, ...new Uint8Array(7)];
  expect([...payload]).toEqual([
    ...[2, 0, 0, 0, 0xc3, 0xa9],
    ...[0xfe, ...new Uint8Array(7).fill(0xff)],
    ...[...word(3), ...word(0)],
  ]);
  expect([...encodePayload(event!, [])]).toEqual([0, 0, 0, 0, ...word(0), ...word(0), ...word(0)]);
  const within = Uint8Array.from([9, 9, ...payload]).subarray(2);
  const expected = [Uint8Array.of(0xc3, 0xa9), 2n ** 64n - 2n, 3n, 0n];
  expect(rawValues(event!, within, "little")).toEqual(expected);
});

test("arguments by name, null for those that are not there", () => {
  expect(Object.entries(namedValues({ ...record, values: ["a"] }))).toEqual([
    ["s", "a"],
    ...["n", "w", "__proto__"].map((name) => [name, null]),
  ]);
});

describe("a declared event of a generated group", () => {
  test.each([
    ["i8", { kind: "integer", spelling: "int8_t", bits: 8, signed: true, rank: "char" }, "u64"],
    [
      "u16",
      { kind: "integer", spelling: "uint16_t", bits: 16, signed: false, rank: "short" },
      "u64",
    ],
    ["u32", { kind: "integer", spelling: "uint32_t", bits: 32, signed: false, rank: "int" }, "u64"],
    ["i64", { kind: "integer", spelling: "int64_t", bits: 64, signed: true, rank: "long" }, "u64"],
    ["bool", { kind: "bool", spelling: "bool" }, "u64"],
    ["string", { kind: "string", spelling: "const char *" }, "string"],
    [
      "pointer",
      {
        ...{ kind: "pointer", spelling: "void *", bits: 64, constTarget: false },
        target: { kind: "void", spelling: "void" },
      },
      "u64",
    ],
  ])("has an argument of the kind %s", (kind, type, wire) => {
    const format = ["x"];
    expect(modelOf({ group: "g", name: "e", arguments: [["a", kind]], format })).toEqual({
      ...{ group: "g", name: "e", disabled: false, properties: [] },
      arguments: [{ name: "a", type, wire }],
      format: { parsed: { pieces: [], problems: [] }, wanted: 1, pieces: format },
      ...{ declaration: "e", place: { file: "g", line: 0 } },
    });
  });

  test.each(["u7", "i128", "float", ""])("has no argument of the kind %j", (kind) => {
    const declared = { group: "g", name: "e", arguments: [["a", kind]], format: [] } as const;
    expect(() => modelOf(declared)).toThrow(
      new TypeError(`there is no kind '${kind}' of arguments`),
    );
  });
});

test("formats have names and clocks, in the order in which they are tried", () => {
  const simple = (header: string) =>
    [4, 3, 2, 0].flatMap((version) =>
      ["", "-big"].map((order) => `simpletrace-${version}${order}${header}`),
    );
  const logs = "log-iso log-thread systemtap ftrace syslog-iso syslog log-program log".split(" ");
  const names = [...simple(""), ...simple("-headerless"), ...logs];
  expect(traceFormats.map(({ name }) => name)).toEqual(names);
  expect(traceFormats.slice(0, 16).map(({ clock }) => clock)).toEqual([
    ...Array.from({ length: 8 }, () => "monotonic"),
    ...Array.from({ length: 8 }, () => "realtime"),
  ]);
  for (const name of names) expect(traceFormat(name)?.name).toBe(name);
  expect(traceFormat("simpletrace")).toBeUndefined();
});
