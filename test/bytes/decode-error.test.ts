import { expect, test } from "vitest";
import { DecodeError } from "../../src/bytes/decode-error.js";

test("the message tells what, at which byte, and in what", () => {
  const error = new DecodeError("no such command", 0x1f, ['section 4 "cpu"', "field regs[3]"]);
  expect(error.message).toBe('no such command at byte 0x1f in section 4 "cpu", field regs[3]');
});

test("without a path there is none in the message", () => {
  expect(new DecodeError("cut short", 0).message).toBe("cut short at byte 0x0");
});

test("from further out it is the same error with a longer path", () => {
  const inner = new DecodeError("cut short", 7, ["field x"]);
  const outer = inner.within("section 1");
  expect(outer).toMatchObject({ reason: "cut short", offset: 7, path: ["section 1", "field x"] });
  expect(inner.path).toEqual(["field x"]);
});

test("it is an Error of its own name", () => {
  const error = new DecodeError("cut short", 0);
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe("DecodeError");
});
