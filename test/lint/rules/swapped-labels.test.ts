import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "swapped-labels";

test("labels with =, with a colon, with 0x or a bracket before the number", () => {
  expect(said(rule, 'a(int vq, int vi) "vi: 0x%x vq=[%d]"')).toEqual([
    "'%x vq=[%d': the format's labels are 'vi', 'vq', the arguments behind them 'vq', 'vi'",
  ]);
});

test("a label of no argument's name says nothing", () => {
  expect(said(rule, 'a(int vq, int vi) "queue=%d vq=%d"')).toEqual([]);
});

test("labels before quotes", () => {
  expect(said(rule, "a(char *color, char *desc) \"desc:'%s' color:%s\"")).toHaveLength(1);
  expect(said(rule, "a(char *color, char *desc) \"color:'%s' desc:%s\"")).toEqual([]);
});
