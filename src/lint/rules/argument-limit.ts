import type { Rule } from "../rule.js";

const LIMIT = 10;

/** No more than ten arguments (tracetool's limit, from its backends). */
export const argumentLimit: Rule = {
  name: "argument-limit",
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
