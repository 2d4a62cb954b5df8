import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import type { DataModel } from "../../src/model/c-type.js";
import { checkFormat } from "../../src/model/check-format.js";

/** The findings of a declaration `(arguments) format`. */
function check(declaration: string, dataModel: DataModel = "LP64") {
  const [event] = buildModel(parse(`e${declaration}\n`), { group: "", dataModel });
  const types = event!.arguments.map(({ type }) => type);
  return checkFormat(types, event!.format!.parsed, dataModel);
}

/** How each argument of the wrong type is wrong. */
function differences(declaration: string, dataModel?: DataModel) {
  return check(declaration, dataModel).map((finding) =>
    finding.kind === "wrong-type" ? `${finding.argument} ${finding.difference}` : finding.kind,
  );
}

describe("checkFormat", () => {
  test("says nothing where all is well", () => {
    expect(check('(int a, const char *b, void *c) "%d %s %p"')).toEqual([]);
  });

  test("tells what a conversion wants and what it gets", () => {
    expect(check('(uint64_t a) "%x"')).toMatchObject([
      {
        kind: "wrong-type",
        argument: 0,
        role: "value",
        found: { spelling: "uint64_t" },
        expected: { spelling: "unsigned int", bits: 32 },
        difference: "narrower",
      },
    ]);
  });

  test("counts each argument that is missing, the numbers for '*' too", () => {
    expect(check('(int a) "%d %*d"')).toMatchObject([
      { kind: "too-few-arguments", role: "width" },
      { kind: "too-few-arguments", role: "value" },
    ]);
  });

  test("tells the first argument that nothing prints", () => {
    expect(check('(int a, int b, int c) "%d"')).toEqual([{ kind: "too-many-arguments", first: 1 }]);
  });

  test("an unsigned conversion of a signed argument differs in signedness", () => {
    expect(differences('(int a, int64_t b) "%u %" PRIx64')).toEqual([
      "0 signedness",
      "1 signedness",
    ]);
  });

  test("what is smaller than int is passed as int: %u and %d both take uint8_t", () => {
    expect(differences('(uint8_t a, uint8_t b) "%u %d"')).toEqual([]);
  });

  test("%lx for uint64_t is right where long has 64 bits, and prints half of it where it has 32", () => {
    expect(differences('(uint64_t a) "%lx"', "LP64")).toEqual([]);
    expect(differences('(uint64_t a) "%lx"', "ILP32")).toEqual(["0 narrower"]);
  });

  test("%llx for uint64_t is another type of C in LP64, though of the same width", () => {
    expect(differences('(uint64_t a) "%llx"', "LP64")).toEqual(["0 rank"]);
    expect(differences('(uint64_t a) "%llx"', "ILP32")).toEqual([]);
  });

  test("a PRI macro has the width of its name in both", () => {
    const declaration = '(uint64_t a, uintptr_t b) "%" PRIx64 " %" PRIuPTR';
    expect(differences(declaration, "LP64")).toEqual([]);
    expect(differences(declaration, "ILP32")).toEqual([]);
  });

  test("%s takes a pointer to characters of any sign, and no other", () => {
    expect(differences('(uint8_t *a, void *b, int c) "%s %s %s"')).toEqual(["1 target", "2 kind"]);
  });

  test("a length modifier that means nothing is told, and its argument not looked at", () => {
    expect(check('(int a, int b) "%hs %d"')).toMatchObject([{ kind: "wrong-length" }]);
  });

  test("flags that are repeated, useless or ignored", () => {
    expect(check('(int a, int b, void *c) "%++d %-08d %#p"')).toMatchObject([
      { kind: "repeated-flag", flag: "+" },
      { kind: "ignored-flag", flag: "0", by: "-" },
      { kind: "useless-flag", flag: "#" },
    ]);
  });

  test("behind an unknown conversion nothing is checked", () => {
    expect(differences('(char *a, int b) "%d %y %s"')).toEqual(["0 kind"]);
  });

  test("a type that trace-events files may not use is passed over", () => {
    expect(check('(off_t a) "%d"')).toEqual([]);
  });
});
