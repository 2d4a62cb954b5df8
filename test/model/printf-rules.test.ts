/** The tables of C17 7.21.6.1, of POSIX for `'` and of glibc's <inttypes.h>, written down once more. */

import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import type { DataModel } from "../../src/model/c-type.js";
import { checkFormat } from "../../src/model/check-format.js";

function check(declaration: string, dataModel: DataModel = "LP64") {
  const [event] = buildModel(parse(`e${declaration}\n`), { group: "", dataModel });
  const types = event!.arguments.map(({ type }) => type);
  return checkFormat(types, event!.format!.parsed, dataModel);
}

/** What a conversion without an argument asks for. */
function wanted(format: string, dataModel: DataModel) {
  const [finding, ...others] = check(`(void) ${format}`, dataModel);
  expect(others).toEqual([]);
  return finding?.kind === "too-few-arguments" ? finding.expected : finding?.kind;
}

/** The size of a C type in bits, by data model. */
const sizes = {
  LP64: { int: 32, long: 64, "long long": 64 },
  ILP32: { int: 32, long: 32, "long long": 64 },
} as const;

type Row = readonly [
  length: string,
  lp64: keyof typeof sizes.LP64,
  ilp32: keyof typeof sizes.LP64,
  signed: string,
  unsigned: string,
];

const integers: readonly Row[] = [
  ["", "int", "int", "int", "unsigned int"],
  ["l", "long", "long", "long", "unsigned long"],
  ["ll", "long long", "long long", "long long", "unsigned long long"],
  ["L", "long long", "long long", "long long", "unsigned long long"],
  ["j", "long", "long long", "intmax_t", "uintmax_t"],
  ["z", "long", "int", "ssize_t", "size_t"],
  ["t", "long", "int", "ptrdiff_t", "unsigned ptrdiff_t"],
];

const macros: readonly Row[] = [
  ["8", "int", "int", "int", "unsigned int"],
  ["16", "int", "int", "int", "unsigned int"],
  ["32", "int", "int", "int", "unsigned int"],
  ["64", "long", "long long", "int64_t", "uint64_t"],
  ["PTR", "long", "int", "intptr_t", "uintptr_t"],
  ["MAX", "long", "long long", "intmax_t", "uintmax_t"],
];

describe("the integer that a conversion wants", () => {
  const forms = [
    ...integers.map((row) => ({ row, format: (letter: string) => `"%${row[0]}${letter}"` })),
    ...macros.map((row) => ({ row, format: (letter: string) => `"%" PRI${letter}${row[0]}` })),
  ];
  for (const { row, format } of forms)
    test(`${format("d")}, ${format("x")}`, () => {
      const [, lp64, ilp32, signed, unsigned] = row;
      for (const [dataModel, rank] of [
        ["LP64", lp64],
        ["ILP32", ilp32],
      ] as const) {
        const common = { kind: "integer", rank, bits: sizes[dataModel][rank] };
        for (const letter of "di")
          expect(wanted(format(letter), dataModel), letter).toEqual({
            ...common,
            spelling: signed,
            signed: true,
          });
        for (const letter of "ouxX")
          expect(wanted(format(letter), dataModel), letter).toEqual({
            ...common,
            spelling: unsigned,
            signed: false,
          });
      }
    });

  test.each(["hh", "h"])("%s is promoted to int, of either sign", (length) => {
    for (const letter of "diouxX")
      expect(wanted(`"%${length}${letter}"`, "LP64")).toMatchObject({
        spelling: "int",
        rank: "int",
        bits: 32,
      });
  });
});

describe("what other conversions want", () => {
  test.each<readonly [conversion: string, type: object]>([
    ["c", { kind: "integer", spelling: "int", rank: "int", bits: 32, signed: true }],
    ["lc", { kind: "integer", spelling: "wint_t", rank: "int", bits: 32, signed: false }],
    ["s", { kind: "string", spelling: "char *" }],
    ["ls", { kind: "pointer", spelling: "wchar_t *", rank: "int", written: false }],
    ["p", { kind: "address", spelling: "void *" }],
    ["n", { kind: "pointer", spelling: "int *", rank: "int", written: true }],
    ["hhn", { kind: "pointer", spelling: "signed char *", rank: "char", written: true }],
    ["hn", { kind: "pointer", spelling: "short *", rank: "short", written: true }],
    ["ln", { kind: "pointer", spelling: "long *", rank: "long", written: true }],
    ["lln", { kind: "pointer", spelling: "long long *", rank: "long long", written: true }],
    ["zn", { kind: "pointer", spelling: "ssize_t *", rank: "long", written: true }],
    ...[..."fFeEgGaA"].flatMap((letter) => [
      [letter, { kind: "float", spelling: "double" }] as const,
      [`l${letter}`, { kind: "float", spelling: "double" }] as const,
      [`L${letter}`, { kind: "float", spelling: "long double" }] as const,
    ]),
  ])("%%%s", (conversion, type) => {
    expect(wanted(`"%${conversion}"`, "LP64")).toEqual(type);
  });

  test("wchar_t is long on i386", () => {
    expect(wanted('"%ls"', "ILP32")).toMatchObject({ rank: "long" });
  });

  test("%m wants nothing", () => {
    expect(check('(void) "%m"')).toEqual([]);
  });

  const meaningless = {
    c: ["hh", "h", "ll", "j", "z", "t", "L"],
    s: ["hh", "h", "ll", "j", "z", "t", "L"],
    p: ["hh", "h", "l", "ll", "j", "z", "t", "L"],
    m: ["hh", "h", "l", "ll", "j", "z", "t", "L"],
    n: ["L"],
    f: ["hh", "h", "ll", "j", "z", "t"],
    A: ["hh", "h", "ll", "j", "z", "t"],
  };
  test.each(Object.entries(meaningless))("no such length before %s", (letter, lengths) => {
    for (const length of lengths)
      expect(wanted(`"%${length}${letter}"`, "LP64"), length).toBe("wrong-length");
  });

  test("a conversion of a wrong length takes its arguments, those of its stars too", () => {
    expect(check('(int w, int p, char *s, int a) "%*.*hs %d"')).toMatchObject([
      { kind: "wrong-length" },
    ]);
    expect(check('(char *s, int a, int b) "%hs %d"')).toMatchObject([
      { kind: "wrong-length" },
      { kind: "too-many-arguments", first: 2 },
    ]);
  });
});

describe("flags", () => {
  const letters = "diouxXfFeEgGaAcspnm";
  const floats = "fFeEgGaA";
  /** The conversions that have a use for each. */
  const uses: Readonly<Record<string, string>> = {
    "-": `diouxX${floats}cspm`,
    "+": `di${floats}`,
    " ": `di${floats}`,
    "#": `oxX${floats}`,
    "0": `diouxX${floats}`,
    "'": "diufFgG",
    width: `diouxX${floats}cspm`,
    precision: `diouxX${floats}sm`,
  };
  const written = (flag: string) => ({ width: "5", precision: ".5" })[flag] ?? flag;
  const findings = (conversion: string) =>
    check(`(void) "${conversion}"`).flatMap((finding) =>
      finding.kind.endsWith("-flag") ? [{ ...finding, piece: undefined }] : [],
    );

  test.each(Object.entries(uses))("%s is of use to %s, and to no other", (flag, useful) => {
    for (const letter of letters)
      expect(findings(`%${written(flag)}${letter}`), letter).toEqual(
        useful.includes(letter) ? [] : [{ kind: "useless-flag", flag }],
      );
  });

  test.each([
    ["%+ d", [{ kind: "ignored-flag", flag: " ", by: "+" }]],
    ["%-0d", [{ kind: "ignored-flag", flag: "0", by: "-" }]],
    ["%0.3d", [{ kind: "ignored-flag", flag: "0", by: "precision" }]],
    ["%0.3f", []],
    ["%-5.3d", []],
    ["%--d", [{ kind: "repeated-flag", flag: "-" }]],
    ["%000d", [1, 2].map(() => ({ kind: "repeated-flag", flag: "0" }))],
    // What is useless is not ignored too.
    ["%+ u", ["+", " "].map((flag) => ({ kind: "useless-flag", flag }))],
    ["%0-s", [{ kind: "useless-flag", flag: "0" }]],
    ["%d", []],
  ])("%s", (conversion, expected) => {
    expect(findings(conversion)).toEqual(expected);
  });
});

describe("how a type misses what is wanted", () => {
  type Case = readonly [type: string, format: string, lp64: string, ilp32: string];
  const cases: readonly Case[] = [
    ["int", '"%d"', "", ""],
    ["int", '"%u"', "signedness", "signedness"],
    ["unsigned", '"%d"', "signedness", "signedness"],
    ["unsigned", '"%x"', "", ""],
    ["bool", '"%d"', "", ""],
    ["bool", '"%u"', "signedness", "signedness"],
    ["char", '"%d"', "", ""],
    ["char", '"%u"', "signedness", "signedness"],
    ["uint8_t", '"%d"', "", ""],
    ["uint16_t", '"%x"', "", ""],
    ["short", '"%x"', "signedness", "signedness"],
    ["bool", '"%ld"', "wider", "rank"],
    ["int", '"%ld"', "wider", "rank"],
    ["long", '"%d"', "narrower", "rank"],
    ["long", '"%ld"', "", ""],
    ["long", '"%lu"', "signedness", "signedness"],
    ["long", '"%lld"', "rank", "wider"],
    ["int64_t", '"%ld"', "", "narrower"],
    ["int64_t", '"%" PRId64', "", ""],
    ["uint64_t", '"%" PRIx32', "narrower", "narrower"],
    ["size_t", '"%zu"', "", ""],
    ["size_t", '"%u"', "narrower", ""],
    ["ssize_t", '"%zd"', "", ""],
    ["ptrdiff_t", '"%td"', "", ""],
    ["uintptr_t", '"%" PRIxPTR', "", ""],
    ["int", '"%f"', "kind", "kind"],
    ["void *", '"%f"', "kind", "kind"],
    ["void *", '"%d"', "kind", "kind"],
    ["char *", '"%x"', "kind", "kind"],
    ["int", '"%p"', "kind", "kind"],
    ["int *", '"%p"', "", ""],
    ["char *", '"%p"', "", ""],
    ["int", '"%s"', "kind", "kind"],
    ["char *", '"%s"', "", ""],
    ["signed char *", '"%s"', "", ""],
    ["uint8_t *", '"%s"', "", ""],
    ["int16_t *", '"%s"', "target", "target"],
    ["bool *", '"%s"', "target", "target"],
    ["char **", '"%s"', "target", "target"],
    ["int", '"%n"', "kind", "kind"],
    ["int *", '"%n"', "", ""],
    ["const int *", '"%n"', "target", "target"],
    ["int const *", '"%n"', "target", "target"],
    ["unsigned *", '"%n"', "target", "target"],
    ["long *", '"%n"', "target", "target"],
    ["bool *", '"%n"', "target", "target"],
    ["char *", '"%hhn"', "target", "target"],
    ["signed char *", '"%hhn"', "", ""],
    ["int **", '"%n"', "target", "target"],
    ["int32_t *", '"%ls"', "", "target"],
    ["long *", '"%ls"', "target", ""],
    ["const int *", '"%ls"', "", "target"],
    ["hwaddr", '"%s"', "", ""],
  ];
  test.each(cases)("%s by %s: '%s' in LP64, '%s' in ILP32", (type, format, lp64, ilp32) => {
    const difference = (dataModel: DataModel) =>
      check(`(${type} a) ${format}`, dataModel)
        .map((finding) => (finding.kind === "wrong-type" ? finding.difference : finding.kind))
        .join();
    expect(difference("LP64")).toBe(lp64);
    expect(difference("ILP32")).toBe(ilp32);
  });

  test("a number for a star is an int", () => {
    expect(check('(long w, uint8_t *p, int a) "%*.*d"')).toMatchObject([
      { role: "width", argument: 0, difference: "narrower", expected: { spelling: "int" } },
      { role: "precision", argument: 1, difference: "kind", expected: { signed: true } },
    ]);
  });
});

test("nothing is checked behind a NUL, which ends the format", () => {
  expect(check('(int a, int b) "%d\\0%s"')).toMatchObject([
    { kind: "embedded-nul" },
    { kind: "too-many-arguments", first: 1 },
  ]);
});

test("arguments behind an unknown conversion are not too many", () => {
  expect(check('(int a, int b) "%d %y"')).toEqual([]);
});
