import type { Rule } from "../rule.js";

/** A name is declared once in a group: the generated C would not compile. */
export const uniqueNames: Rule = {
  name: "unique-names",
  *check({ events }) {
    const lines = new Map<string, number>();
    for (const { node, event } of events) {
      const line = lines.get(event.name);
      if (line === undefined) lines.set(event.name, event.place.line);
      else yield { code: "unique-names", span: node.name.span, values: { name: event.name, line } };
    }
  },
};
