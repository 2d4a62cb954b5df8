import { expect, test } from "vitest";
import { ProtoWriter } from "../../../src/report/perfetto/proto-writer.js";

const hex = (writer: ProtoWriter) => Buffer.from(writer.bytes()).toString("hex");

// The examples of protobuf's own documentation of its encoding.
test("a varint field", () => {
  expect(hex(new ProtoWriter().varint(1, 150))).toBe("089601");
});

test("a text field", () => {
  expect(hex(new ProtoWriter().text(2, "testing"))).toBe("120774657374696e67");
});

test("a message within", () => {
  const inner = new ProtoWriter().varint(1, 150);
  expect(hex(new ProtoWriter().message(3, inner))).toBe("1a03089601");
});

test.each([
  [0, "0800"],
  [127, "087f"],
  [128, "088001"],
  [2 ** 31, "088080808008"],
  [2 ** 53 - 1, "08ffffffffffffff0f"],
  [2n ** 64n - 1n, "08ffffffffffffffffff01"],
  [-1, "08ffffffffffffffffff01"],
])("the number %s", (value, bytes) => {
  expect(hex(new ProtoWriter().varint(1, value))).toBe(bytes);
});

test("lengths are of UTF-8, and content of any length fits", () => {
  expect(hex(new ProtoWriter().text(1, "µ"))).toBe("0a02c2b5");
  expect(new ProtoWriter().text(1, "x".repeat(100_000)).bytes()).toHaveLength(100_004);
});
