import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import type { EventModel } from "../../src/model/event-model.js";

function events(text: string): EventModel[] {
  return buildModel(parse(text, "migration/trace-events"), { group: "migration" });
}

function event(line: string): EventModel {
  return events(`${line}\n`)[0]!;
}

describe("an event", () => {
  test("has its group, its name, and its place", () => {
    expect(events("# savevm.c\n\nsave(void)\n")).toMatchObject([
      { group: "migration", name: "save", place: { file: "migration/trace-events", line: 3 } },
    ]);
  });

  test("is disabled by its property", () => {
    expect(event("disable save(void)")).toMatchObject({ disabled: true, properties: ["disable"] });
    expect(event("save(void)")).toMatchObject({ disabled: false, properties: [] });
    expect(event("vcpu disable save(void)").properties).toEqual(["vcpu", "disable"]);
  });

  test("of void has no arguments", () => {
    expect(event("save(void)").arguments).toEqual([]);
  });

  test("has arguments by name, type, and how a trace holds them", () => {
    expect(event("e(const char *s, int a, void *p, bool b, char **v)").arguments).toMatchObject([
      { name: "s", wire: "string", type: { kind: "string", spelling: "const char *" } },
      { name: "a", wire: "u64", type: { kind: "integer", bits: 32, signed: true } },
      { name: "p", wire: "u64", type: { kind: "pointer" } },
      { name: "b", wire: "u64", type: { kind: "bool" } },
      { name: "v", wire: "u64", type: { kind: "pointer" } },
    ]);
  });

  test("has its declaration laid out the one way", () => {
    expect(event('  disable e( int a,char*b )"%d"PRIx64').declaration).toBe(
      'disable e(int a, char *b) "%d" PRIx64',
    );
  });

  test("without a format has none; one of an empty format has no pieces", () => {
    expect(event("e(void)").format).toBeUndefined();
    expect(event('e(void) ""').format).toMatchObject({ pieces: [], wanted: 0 });
  });

  test("of two formats has the second, which is printed when the code runs", () => {
    expect(event('tcg e(void) "translated", "run"').format!.pieces).toEqual(["run"]);
  });

  test("on a broken line is left out, and the others stay", () => {
    expect(events("a(void)\nb(\nc(void)\n").map(({ name }) => name)).toEqual(["a", "c"]);
  });
});

describe("conversions are bound to arguments", () => {
  /** The pieces of a format, without what is told elsewhere. */
  const pieces = (line: string) => event(line).format!.pieces;

  test("in order", () => {
    expect(pieces('e(int a, const char *b) "a %d b %s."')).toEqual([
      "a ",
      { specifier: "d", argument: 0, bits: 32 },
      " b ",
      { specifier: "s", argument: 1, bits: 32 },
      ".",
    ]);
  });

  test("a star takes one before the value does", () => {
    expect(pieces('e(int w, int p, int a) "%-*.*d"')).toEqual([
      {
        specifier: "d",
        argument: 2,
        bits: 32,
        flags: "-",
        width: { argument: 0 },
        precision: { argument: 1 },
      },
    ]);
  });

  test("%% takes none, and neither does %m", () => {
    expect(event('e(int a) "%% %m %d"').format).toMatchObject({
      wanted: 1,
      pieces: ["% ", " ", { specifier: "d", argument: 0 }],
    });
  });

  test("those behind the last argument print nothing, but are wanted", () => {
    expect(event('e(int a) "%d %d %*d|"').format).toMatchObject({
      wanted: 4,
      pieces: [{ argument: 0 }, " ", " ", "|"],
    });
  });

  test.each([
    ["hhd", 8, 8],
    ["hu", 16, 16],
    ["d", 32, 32],
    ["ld", 64, 32],
    ["llx", 64, 64],
    ["zu", 64, 32],
    ["td", 64, 32],
    ["jd", 64, 64],
    ["p", 64, 32],
  ])("%%%s prints %i bits, and %i where long has 32", (conversion, lp64, ilp32) => {
    const parsed = parse(`e(int a) "%${conversion}"\n`);
    for (const [dataModel, bits] of [
      ["LP64", lp64],
      ["ILP32", ilp32],
    ] as const) {
      const [one] = buildModel(parsed, { group: "", dataModel });
      expect(one!.format!.pieces).toMatchObject([{ bits }]);
    }
  });
});
