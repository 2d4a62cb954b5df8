import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import { buildModel } from "../../src/model/build-model.js";
import type { CType, DataModel } from "../../src/model/c-type.js";

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
