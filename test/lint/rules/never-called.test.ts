import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "never-called";

const tree = (source: string, events = "a_x_done(void)\n") => ({
  "net/trace-events": events,
  "net/a.c": source,
});

test("an event that only its state is asked of is called by somebody", () => {
  expect(said(rule, tree("if (trace_event_get_state(TRACE_A_X_DONE)) { }"))).toEqual([]);
});

test("what macros may paste together is let be", () => {
  expect(said(rule, tree("#define T(x) trace_a_##x##_done()"))).toEqual([]);
  expect(said(rule, tree("#define T(x) trace_a_##x##_ended()"))).toHaveLength(1);
});

test("a comment and a string call nothing", () => {
  expect(said(rule, tree('/* trace_a_x_done() */ "trace_a_x_done()";'))).toHaveLength(1);
});

test("of two events of one name each is called below its own folder", () => {
  const files = {
    "bsd/trace-events": "setup(void)",
    "linux/trace-events": "setup(void)",
    "linux/a.c": "{ trace_setup(); }",
  };
  expect(said(rule, files)).toEqual(["'setup': no source calls 'trace_setup'"]);
});

test("without sources it says nothing", () => {
  expect(said(rule, "a(void)")).toEqual([]);
});
