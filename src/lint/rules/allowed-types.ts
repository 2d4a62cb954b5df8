import type { Rule } from "../rule.js";

/** Arguments are of C's integer types, `bool`, the fixed-width ones, or pointers (tracetool's `validate_type`). */
export const allowedTypes: Rule = {
  name: "allowed-types",
  *check({ events }) {
    for (const { node, event } of events) {
      for (const [index, argument] of event.arguments.entries()) {
        if (argument.type.kind !== "unknown") continue;
        const values = { type: argument.type.spelling };
        yield { code: "allowed-types", span: node.arguments[index]!.type.span, values };
      }
    }
  },
};
