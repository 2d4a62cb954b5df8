import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

const LIMIT = 10;

/** No more than ten arguments (tracetool's limit, from its backends). */
export const argumentLimit: FileRule<"argument-limit"> = {
  name: "argument-limit",
  summary: "An event has ten arguments at most.",
  why: "QEMU's generator refuses more: one of its backends, LTTng's UST, knows no macro for an eleventh.",
  bad: 'f(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k) "%d %d %d %d %d %d %d %d %d %d %d"',
  good: 'f(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j) "%d %d %d %d %d %d %d %d %d %d"',
  fixable: false,
  enforcedBy: "QEMU's generator",
  severity: always("error"),
  *check({ events }) {
    for (const { node } of events) {
      const count = node.arguments.length;
      if (count <= LIMIT) continue;
      const span = {
        start: node.arguments[LIMIT]!.span.start,
        end: node.arguments.at(-1)!.span.end,
      };
      yield { code: "argument-limit", span, values: { count } };
    }
  },
};
