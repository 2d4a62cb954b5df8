import { expect, test } from "vitest";
import { parse } from "../../../grammar/parse.js";
import { lint } from "../../../src/lint/lint.js";
import { singleFormat } from "../../../src/lint/rules/single-format.js";
import { said } from "../../support/lint-text.js";

const rule = "single-format";

test("the second has the finding", () => {
  expect(said(rule, 'x(void) "a", "b"')[0]).toMatch(/^'"b"'/);
});

test("with tcg, only for a version that no longer reads it", () => {
  const parsed = parse('tcg x(void) "a", "b"\n');
  expect(lint(parsed, [singleFormat])).toEqual([]);
  expect(lint(parsed, [singleFormat], { qemu: { major: 6, minor: 0 } })).toEqual([]);
  expect(lint(parsed, [singleFormat], { qemu: { major: 7, minor: 0 } })).toHaveLength(1);
});
