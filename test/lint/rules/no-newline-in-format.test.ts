import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "no-newline-in-format";

test("every \\n has a finding", () => {
  expect(said(rule, 'x(void) "a\\nb\\n"')).toEqual([
    "'\\n': a format must not contain '\\n'",
    "'\\n': a format must not contain '\\n'",
  ]);
});

test("a backslash before an n has one too: QEMU's generator does not count backslashes", () => {
  expect(said(rule, 'x(void) "a\\\\n"')).toHaveLength(1);
});
