import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import { type CType, type DataModel, type PointerTarget, typeIn } from "../../src/model/c-type.js";

/** The type of an argument that is declared so. */
function typeOf(spelling: string, dataModel: DataModel = "LP64"): CType {
  const [event] = buildModel(parse(`e(${spelling} a)\n`), { group: "", dataModel });
  return event!.arguments[0]!.type;
}

/** `i32`, `u64`, or the kind of what is no integer. */
function short(type: CType): string {
  return type.kind === "integer" ? `${type.signed ? "i" : "u"}${type.bits}` : type.kind;
}

describe("a C type", () => {
  test.each([
    ["int", "i32", "i32"],
    ["unsigned", "u32", "u32"],
    ["signed", "i32", "i32"],
    ["char", "i8", "i8"],
    ["unsigned char", "u8", "u8"],
    ["short", "i16", "i16"],
    ["unsigned short int", "u16", "u16"],
    ["long", "i64", "i32"],
    ["unsigned long", "u64", "u32"],
    ["long unsigned int", "u64", "u32"],
    ["long long", "i64", "i64"],
    ["unsigned long long int", "u64", "u64"],
    ["const int", "i32", "i32"],
    ["int const", "i32", "i32"],
    ["int8_t", "i8", "i8"],
    ["uint16_t", "u16", "u16"],
    ["int64_t", "i64", "i64"],
    ["size_t", "u64", "u32"],
    ["ssize_t", "i64", "i32"],
    ["uintptr_t", "u64", "u32"],
    ["ptrdiff_t", "i64", "i32"],
    ["bool", "bool", "bool"],
  ])("%s is %s in LP64, %s in ILP32", (spelling, lp64, ilp32) => {
    expect(short(typeOf(spelling, "LP64"))).toBe(lp64);
    expect(short(typeOf(spelling, "ILP32"))).toBe(ilp32);
  });

  test.each(["char *", "const char *", "char*", "const  char  *"])(
    "'%s' is a string",
    (spelling) => {
      expect(typeOf(spelling).kind).toBe("string");
    },
  );

  test("'char const *' is a pointer: QEMU's simple backend records its address", () => {
    expect(typeOf("char const *")).toMatchObject({ kind: "pointer", constTarget: true });
  });

  test.each([
    ..."void *|const void *|char **|const char **|int *|uint8_t *".split("|"),
    ..."unsigned char *|signed char *|void **".split("|"),
  ])("'%s' is a pointer, as wide as addresses are", (spelling) => {
    expect(typeOf(spelling, "LP64")).toMatchObject({ kind: "pointer", bits: 64 });
    expect(typeOf(spelling, "ILP32")).toMatchObject({ kind: "pointer", bits: 32 });
  });

  test.each([
    ..."struct foo|struct foo *|hwaddr|enum x|float|double|intptr_t|uint128_t|va_list".split("|"),
    ..."void|const|bool bool|unsigned bool|int8_t int|unsigned uint8_t|long char".split("|"),
    ..."short long|long long long|signed unsigned|int int|long char *|int8_t int *".split("|"),
    ..."constructor|toString|__proto__".split("|"),
  ])("'%s' is unknown", (spelling) => {
    expect(typeOf(spelling).kind).toBe("unknown");
  });

  test.each([
    ["const   char*", "const char *"],
    ["char * *", "char **"],
    ["unsigned  int", "unsigned int"],
    ["struct  foo*", "struct foo *"],
  ])("'%s' is spelled '%s'", (written, spelling) => {
    expect(typeOf(written).spelling).toBe(spelling);
  });
});

/** Each type that events may use, with C's own type behind it on x86-64 and i386. */
const named: readonly (readonly [string, lp64: string, ilp32: string])[] = [
  ["int8_t", "i8 char", "i8 char"],
  ["uint8_t", "u8 char", "u8 char"],
  ["int16_t", "i16 short", "i16 short"],
  ["uint16_t", "u16 short", "u16 short"],
  ["int32_t", "i32 int", "i32 int"],
  ["uint32_t", "u32 int", "u32 int"],
  ["int64_t", "i64 long", "i64 long long"],
  ["uint64_t", "u64 long", "u64 long long"],
  ["size_t", "u64 long", "u32 int"],
  ["ssize_t", "i64 long", "i32 int"],
  ["uintptr_t", "u64 long", "u32 int"],
  ["ptrdiff_t", "i64 long", "i32 int"],
  ["char", "i8 char", "i8 char"],
  ["signed char", "i8 char", "i8 char"],
  ["unsigned char", "u8 char", "u8 char"],
  ["short", "i16 short", "i16 short"],
  ["unsigned short int", "u16 short", "u16 short"],
  ["signed", "i32 int", "i32 int"],
  ["unsigned", "u32 int", "u32 int"],
  ["int unsigned", "u32 int", "u32 int"],
  ["long", "i64 long", "i32 long"],
  ["unsigned long int", "u64 long", "u32 long"],
  ["long long", "i64 long long", "i64 long long"],
  ["long unsigned long", "u64 long long", "u64 long long"],
];
const ranked = (type: PointerTarget | CType) =>
  type.kind === "integer" ? `${short(type)} ${type.rank}` : `${type.kind} ${type.spelling}`;

test.each(named)(
  "%s is %s in LP64, %s in ILP32, and so is what a pointer to it points to",
  (name, lp64, ilp32) => {
    for (const [dataModel, expected] of [
      ["LP64", lp64],
      ["ILP32", ilp32],
    ] as const) {
      expect(ranked(typeOf(name, dataModel))).toBe(expected);
      if (name === "char") continue;
      const pointer = typeOf(`${name} *`, dataModel);
      expect(pointer.kind === "pointer" && ranked(pointer.target)).toBe(expected);
      const constant = typeOf(`const ${name} *`, dataModel);
      expect(
        [pointer, constant].map((type) => type.kind === "pointer" && type.constTarget),
      ).toEqual([...[false, true]]);
    }
  },
);

test.each([
  ["void *", "void void", false],
  ["const void *", "void void", true],
  ["void const *", "void void", true],
  ["void **", "pointer void *", false],
  ["const void **", "pointer void *", false],
  ["char **", "string char *", false],
  ["const char **", "string char *", false],
  ["bool *", "bool bool", false],
  ["int ***", "pointer int **", false],
])("%s points to %s", (spelling, target, constTarget) => {
  const type = typeOf(spelling);
  if (type.kind !== "pointer") throw new Error(type.kind);
  expect([type.spelling, ranked(type.target), type.constTarget]).toEqual([
    ...[spelling, target, constTarget],
  ]);
});

test("a type that was resolved is known in the other model, any other stays as it is", () => {
  const type = typeOf("long");
  expect(typeIn("ILP32", type)).toBe(typeOf("long", "ILP32"));
  expect(typeIn("LP64", typeOf("long", "ILP32"))).toBe(type);
  const made = { kind: "unknown", spelling: "struct never_resolved" } as const;
  expect(typeIn("ILP32", made)).toBe(made);
});
