import type { Rule } from "../rule.js";

/** A trace is one line an event: no `\n` anywhere in a format (tracetool). */
export const noNewlineInFormat: Rule = {
  name: "no-newline-in-format",
  *check({ events }) {
    for (const { node } of events) {
      for (const part of node.formats.flatMap((format) => format.parts)) {
        if (part.kind !== "string") continue;
        for (const match of part.raw.matchAll(/\\(?:\\|(n))/g)) {
          if (!match[1]) continue;
          const start = part.span.start + 1 + match.index;
          yield { code: "no-newline-in-format", span: { start, end: start + 2 }, values: {} };
        }
      }
    }
  },
};
