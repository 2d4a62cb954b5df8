import { callersOf } from "../callers-of.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** Some source calls an event. */
export const neverCalled: FileRule<"never-called"> = {
  name: "never-called",
  summary: "Some source calls the event.",
  why:
    "An event that nothing calls is listed, can be enabled, and never comes. Mostly it was left over when " +
    "the code around its call went. Names that macros may paste together (`trace_##name`) are not told.",
  bad: {
    "net/trace-events": 'old_reset(void) ""',
    "net/a.c": "void reset(void) { trace_new_reset(); }",
  },
  good: {
    "net/trace-events": 'new_reset(void) ""',
    "net/a.c": "void reset(void) { trace_new_reset(); }",
  },
  fixable: false,
  needs: "sources",
  severity: always("warn"),
  *check({ events, path }, tree) {
    const { sources } = tree;
    if (!sources) return;
    for (const { node } of events) {
      const { text: name, span } = node.name;
      if (callersOf(name, path, tree).length > 0 || sources.mayBePasted(name)) continue;
      yield { code: "never-called", span, values: { name } };
    }
  },
};
