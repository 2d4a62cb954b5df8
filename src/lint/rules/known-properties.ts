import type { Rule } from "../rule.js";

const former: Readonly<Record<string, string>> = {
  vcpu: ": QEMU reads it up to 8.x only",
  tcg: ": QEMU reads it up to 6.x only",
};

/** `disable` is the one property that today's QEMU reads (tracetool's `_VALID_PROPS`). */
export const knownProperties: Rule = {
  name: "known-properties",
  *check({ events }) {
    for (const { node } of events) {
      for (const property of node.properties) {
        if (property.text === "disable") continue;
        const values = { property: property.text, hint: former[property.text] ?? "" };
        yield { code: "known-properties", span: property.span, values };
      }
    }
  },
};
