import { expect, test } from "vitest";
import { eventDefinition } from "../../src/codegen/event-definition.js";
import { modelsOf } from "../runtime/trace-events-of.js";

const define = (line: string, indent = 0) => eventDefinition(modelsOf(line, "hw_net")[0]!, indent);

test("an event's definition has its group, name, arguments and format, at any indentation", () => {
  const line = 'e(int a, const char *s) "%d of %s"\n';
  expect(define(line)).toBe(`{
  group: "hw_net",
  name: "e",
  arguments: [
    ["a", "i32"],
    ["s", "string"],
  ],
  format: [
    { specifier: "d", argument: 0, bits: 32 },
    " of ",
    { specifier: "s", argument: 1, bits: 32 },
  ],
}`);
  expect(define("e(int a)\n", 2)).toBe(`{
    group: "hw_net",
    name: "e",
    arguments: [["a", "i32"]],
    format: [],
  }`);
});

test.each([
  ['e(void) ""', "[]"],
  ['e(void) "text"', '["text"]'],
  ['e(int a) "%d"', '[{ specifier: "d", argument: 0, bits: 32 }]'],
  ['e(long a) "%#lx"', `[{ specifier: "x", argument: 0, bits: 64, flags: "#" }]`],
  ['e(int a) "%5d"', '[{ specifier: "d", argument: 0, bits: 32, width: 5 }]'],
  ['e(int a) "%.0d"', '[{ specifier: "d", argument: 0, bits: 32, precision: 0 }]'],
  [
    'e(int a) "%-5.3hhd"',
    '[{ specifier: "d", argument: 0, bits: 8, flags: "-", width: 5, precision: 3 }]',
  ],
  [
    'e(int w, int p, int a) "%*.*d"',
    '[\n    { specifier: "d", argument: 2, bits: 32, width: { argument: 0 }, precision: { argument: 1 } },\n  ]',
  ],
])("the format of %s", (line, format) => {
  expect(define(`${line}\n`)).toContain(`\n  format: ${format},\n}`);
});
