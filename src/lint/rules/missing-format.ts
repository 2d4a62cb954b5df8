import type { FileRule } from "../rule.js";
import { strictOnly } from "../rule.js";

/** Every event has a format, be it an empty one. */
export const missingFormat: FileRule<"missing-format"> = {
  name: "missing-format",
  summary: "Every event has a format.",
  why:
    "Without a format, backends that write text show the event's name alone, and its arguments are lost. " +
    'An event that has nothing to tell says so with `""`.',
  bad: "reset(int index)",
  good: 'reset(int index) "index %d"',
  fixable: false,
  severity: strictOnly,
  *check({ events }) {
    for (const { node } of events) {
      if (node.formats.length > 0) continue;
      yield { code: "missing-format", span: node.name.span, values: { name: node.name.text } };
    }
  },
};
