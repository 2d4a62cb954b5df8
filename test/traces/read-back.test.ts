/** What a log's line tells of an event's arguments: formats turned round. */

import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import type { EventModel } from "../../src/model/event-model.js";
import { formatPrintf } from "../../src/printf/format.js";
import type { PrintfValue } from "../../src/printf/piece.js";
import { wrapValues } from "../../src/runtime/wrap-value.js";
import { FormatReader } from "../../src/traces/lines/format-reader.js";
import { randomCall } from "../printf/random-call.js";
import { randomValues } from "../runtime/random-values.js";
import { modelsOf, traceEventsOf } from "../runtime/trace-events-of.js";
import { corpusSources } from "../support/corpus.js";
import { seededRandom } from "../support/random.js";
import { testWith } from "../support/tools.js";

function event(declaration: string): EventModel {
  return modelsOf(`${declaration}\n`)[0]!;
}

function readBack(declaration: string, text: string) {
  return new FormatReader(event(declaration)).read(text);
}

describe("arguments are read back out of a line", () => {
  test.each<[string, string, PrintfValue[]]>([
    ['e(int a) "n %d"', "n -5", [-5]],
    ['e(uint32_t a) "0x%x"', "0xff", [255]],
    ['e(uint64_t a) "0x%" PRIx64', "0xffffffffffffffff", [2n ** 64n - 1n]],
    ['e(const char *a, int b) "%s, %d"', "x, 5", ["x", 5]],
    ['e(void *a) "%p"', "0x7f00", [0x7f00n]],
    ['e(void *a) "%p"', "(nil)", [0n]],
    ['e(bool a) "on %d"', "on 1", [true]],
    ['e(int a) "100%% of %d"', "100% of 7", [7]],
    ['e(uint8_t a, uint8_t b) "%02x:%02x"', "0a:ff", [10, 255]],
    ['e(int a) "%5d|"', "    7|", [7]],
    ['e(const char *a) ""', "", [null]],
    ["e(void)", "", []],
  ])("%s of '%s'", (declaration, text, values) => {
    expect(readBack(declaration, text)?.values).toEqual(values);
  });

  test.each([
    ['e(int a) "n %d"', "n x"],
    ['e(int a) "n %d"', "n 5 "],
    ['e(int a) "n %d"', "n 05"],
    ['e(uint8_t a) "%u"', "256"],
    ['e(int a) "%d"', "2147483648"],
    ['e(void) ""', "x"],
    ['e(const char *a) "%s|"', "x"],
  ])("%s cannot have printed '%s'", (declaration, text) => {
    expect(readBack(declaration, text)).toBeUndefined();
  });
});

describe("what a line does not tell for certain is said to be uncertain", () => {
  test.each([
    ["two strings side by side", 'e(const char *a, const char *b) "%s%s"', "xy", ["a", "b"]],
    ["two places for a comma", 'e(const char *a, const char *b) "%s, %s"', "x, y, z", ["a", "b"]],
    ["(null) may be a text", 'e(const char *a) "%s"', "(null)", ["a"]],
    ["a cut string", 'e(const char *a) "%.2s"', "xy", ["a"]],
    ["an argument that is not printed", 'e(int a, int b) "%d"', "1", ["b"]],
    ["half of an argument", 'e(uint64_t a) "%u"', "7", ["a"]],
  ])("%s", (_, declaration, text, uncertain) => {
    expect(readBack(declaration, text)?.uncertain).toEqual(uncertain);
  });

  test("of three strings side by side all are", () => {
    const declaration = 'e(int n, const char *a, const char *b, const char *c) "%d: %s%s%s"';
    for (const text of ["x", "xyz", "a long one, with many ways to read it"])
      expect(readBack(declaration, `5: ${text}`)?.uncertain).toEqual(["a", "b", "c"]);
  });

  test("the rest of the line is certain", () => {
    expect(readBack('e(int n, const char *a, const char *b) "%d %s%s"', "5 xy")?.uncertain).toEqual(
      ["a", "b"],
    );
  });
});

/** Reads back what the format prints of the values; gives what is certain, and yet is another value. */
function wronglyCertain(event: EventModel, values: readonly PrintfValue[]) {
  const text = formatPrintf(event.format?.pieces ?? [], values);
  // Bytes that are no UTF-8 are no characters any more.
  if (/[\ufffd\0\n]/.test(text)) return "not text" as const;
  const reading = new FormatReader(event).read(text);
  if (!reading) return "not read" as const;
  return event.arguments.flatMap(({ name }, index) =>
    reading.uncertain?.includes(name) || reading.values[index] === values[index] ? [] : [name],
  );
}

test("what is certain of a random format's line is what was printed", () => {
  const random = seededRandom(21);
  let read = 0;
  for (let count = 0; count < 4000; count++) {
    const { event, values } = randomCall(random, "LP64");
    const wrong = wronglyCertain(event, values);
    if (typeof wrong === "string") continue;
    read++;
    expect(wrong, event.declaration).toEqual([]);
  }
  expect(read).toBeGreaterThan(2500);
});

testWith(["shared"], "every line that QEMU 10.2.2 can print is read, and rightly", () => {
  const random = seededRandom(22);
  const models = corpusSources("qemu-10.2.2").flatMap(({ text }) =>
    buildModel(parse(text), { group: "" }),
  );
  for (const [index, event] of traceEventsOf(models).entries()) {
    const values = wrapValues(event, randomValues(random, models[index]!));
    const wrong = wronglyCertain(models[index]!, values);
    if (wrong !== "not text") expect(wrong, models[index]!.declaration).toEqual([]);
  }
});

test.each([
  ['e(const char *a, const char *b, const char *c, int n) "%s %s %s %d"', " "],
  ['e(const char *a, const char *b, int n) "%s/%s[%d]"', "/["],
])("a long line that is made to be read in many ways is given up: %s", (declaration, part) => {
  const line = `${part.repeat(50_000)}x`;
  expect(readBack(declaration, line)).toBeUndefined();
});
