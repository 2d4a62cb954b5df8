import type { Rule } from "../rule.js";

/** As many conversions as arguments; QEMU's compiler enforces it (`-Wformat`). */
export const formatMatchesArguments: Rule = {
  name: "format-matches-arguments",
  *check({ events }) {
    for (const { node, event } of events) {
      const { format } = event;
      if (!format || format.parsed.pieces.length === 0) continue;
      const values = { conversions: format.wanted, arguments: event.arguments.length };
      if (values.conversions === values.arguments) continue;
      yield { code: "format-matches-arguments", span: node.formats.at(-1)!.span, values };
    }
  },
};
