import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "undeclared-call";

const tree = (source: string) => ({ "a/trace-events": "reset_done(void)", "a/b.c": source });

test("a near name is proposed", () => {
  expect(said(rule, tree("{ trace_reset_don(); }"))).toEqual([
    "'trace_reset_don': no trace-events file declares 'reset_don'; is it 'reset_done'?",
  ]);
});

test("functions and macros of the sources themselves are let be", () => {
  expect(said(rule, tree("void trace_dump(int a);\nvoid f(void) { trace_dump(1); }"))).toEqual([]);
  expect(
    said(rule, tree("#define trace_event_on(x) 1\nint f(void) { return trace_event_on(X); }")),
  ).toEqual([]);
});
