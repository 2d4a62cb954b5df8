import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import type { DataModel } from "../../src/model/c-type.js";
import { modelsOf } from "../runtime/trace-events-of.js";

const piecesOf = (line: string) => modelsOf(`${line}\n`)[0]!.format!.pieces;

describe("a conversion is bound with its layout", () => {
  const d = { specifier: "d", argument: 0, bits: 32 };
  test.each([
    ["%d", d],
    ["%-d", { ...d, flags: "-" }],
    ["%-+d", { ...d, flags: "-+" }],
    ["%5d", { ...d, width: 5 }],
    ["%.3d", { ...d, precision: 3 }],
    ["%.d", { ...d, precision: 0 }],
    ["%.0d", { ...d, precision: 0 }],
    ["%-5d", { ...d, flags: "-", width: 5 }],
    ["%-.3d", { ...d, flags: "-", precision: 3 }],
    ["%5.3d", { ...d, width: 5, precision: 3 }],
    ["%05.3d", { ...d, flags: "0", width: 5, precision: 3 }],
  ])("%s", (format, expected) => {
    expect(piecesOf(`e(int a) "${format}"`)).toEqual([expected]);
  });

  test.each([
    ["%*d", { argument: 1, width: { argument: 0 } }],
    ["%.*d", { argument: 1, precision: { argument: 0 } }],
    ["%5.*d", { argument: 1, width: 5, precision: { argument: 0 } }],
    ["%*.3d", { argument: 1, width: { argument: 0 }, precision: 3 }],
    ["%*.*d", { argument: 2, width: { argument: 0 }, precision: { argument: 1 } }],
  ])("%s", (format, expected) => {
    expect(piecesOf(`e(int a, int b, int c) "${format}"`)).toEqual([{ ...d, ...expected }]);
  });
});

/** glibc's sizes on x86-64 and i386; PRI macros of 8 and 16 bits print a complete int. */
test.each([
  ['"%d"', 32, 32],
  ['"%hhx"', 8, 8],
  ['"%hd"', 16, 16],
  ['"%ld"', 64, 32],
  ['"%lld"', 64, 64],
  ['"%jd"', 64, 64],
  ['"%zd"', 64, 32],
  ['"%td"', 64, 32],
  ['"%Ld"', 64, 64],
  ['"%" PRId8', 32, 32],
  ['"%" PRId16', 32, 32],
  ['"%" PRIu32', 32, 32],
  ['"%" PRIx64', 64, 64],
  ['"%" PRIxPTR', 64, 32],
  ['"%" PRIdMAX', 64, 64],
  ['"%p"', 64, 32],
])("%s prints %i bits, or %i where long has 32", (format, lp64, ilp32) => {
  const parsed = parse(`e(int a) ${format}\n`);
  const bits = (dataModel: DataModel) => {
    const [event] = buildModel(parsed, { group: "", dataModel });
    return event!.format!.pieces;
  };
  expect(bits("LP64")).toMatchObject([{ bits: lp64 }]);
  expect(bits("ILP32")).toMatchObject([{ bits: ilp32 }]);
  expect(piecesOf(`e(int a) ${format}`)).toMatchObject([{ bits: lp64 }]);
});

test("a format is bound once", () => {
  const [event] = modelsOf('e(int a) "%d"\n');
  expect(event!.format).toBe(event!.format);
  expect(event!.format!.pieces).toBe(event!.format!.pieces);
});
