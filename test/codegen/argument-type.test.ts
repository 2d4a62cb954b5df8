import { expect, test } from "vitest";
import { acceptedType, argumentKind, recordedType } from "../../src/codegen/argument-type.js";
import { modelsOf } from "../runtime/trace-events-of.js";

test.each([
  ["int8_t", "i8", "number", "number"],
  ["unsigned char", "u8", "number", "number"],
  ["short", "i16", "number", "number"],
  ["uint16_t", "u16", "number", "number"],
  ["int", "i32", "number", "number"],
  ["uint32_t", "u32", "number", "number"],
  ["long", "i64", "bigint | number", "bigint"],
  ["uint64_t", "u64", "bigint | number", "bigint"],
  ["bool", "bool", "boolean", "boolean"],
  ["const char *", "string", "string | null", "string | null"],
  ["char *", "string", "string | null", "string | null"],
  ["void *", "pointer", "bigint | number", "bigint"],
  ["const char **", "pointer", "bigint | number", "bigint"],
])("%s is %s, takes %s and is recorded as %s", (type, kind, accepted, recorded) => {
  const [argument] = modelsOf(`e(${type} a)\n`)[0]!.arguments;
  expect(argumentKind(argument!)).toBe(kind);
  expect(acceptedType(argument!)).toBe(accepted);
  expect(recordedType(argument!)).toBe(recorded);
});

test("a type that events may not use has no kind", () => {
  const type = { kind: "unknown", spelling: "struct foo *" } as const;
  expect(() => argumentKind({ name: "a", type, wire: "u64" })).toThrow(
    new TypeError("no tracer can take a 'struct foo *'"),
  );
});
