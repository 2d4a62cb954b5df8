import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "no-errno-conversion";

const forbidden = "'%m' is forbidden: pass the error as an argument";

test("%m in any format", () => {
  expect(said(rule, 'x(void) "%m", "b"')).toEqual([`'%m': ${forbidden}`]);
});

test("one that is spelled otherwise, too", () => {
  expect(said(rule, 'x(void) "%-5m %" "m"')).toEqual([
    `'%-5m': ${forbidden}`,
    `'%" "m': ${forbidden}`,
  ]);
});

test("%%m prints no error, but QEMU's generator does not look behind the '%'", () => {
  expect(said(rule, 'x(void) "100%%more"')).toEqual([`'%m': ${forbidden}`]);
});
