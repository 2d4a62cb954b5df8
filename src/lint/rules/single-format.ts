import type { Rule } from "../rule.js";

/** Two formats belong to the property `tcg`, which QEMU reads up to 6.x. */
export const singleFormat: Rule = {
  name: "single-format",
  *check({ events }) {
    for (const { node } of events) {
      const second = node.formats[1];
      if (second) yield { code: "single-format", span: second.span, values: {} };
    }
  },
};
