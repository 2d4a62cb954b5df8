import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "call-argument-count";

const tree = (call: string) => ({
  "a/trace-events": 'send(int a, int b) "%d %d"',
  "a/b.c": `{ ${call}; }`,
});

test("too few and too many", () => {
  expect(said(rule, tree("trace_send()"))).toEqual([
    "'trace_send': 'trace_send' is called with no arguments, a/trace-events:1 declares 2",
  ]);
  expect(said(rule, tree("trace_send(1, 2, 3)"))).toHaveLength(1);
  expect(said(rule, tree("trace_send(f(1, 2), (int[]){3, 4}[0])"))).toEqual([]);
});

test("a macro may be several arguments", () => {
  expect(said(rule, tree("trace_send(MAC_ARG(addr))"))).toEqual([]);
});
