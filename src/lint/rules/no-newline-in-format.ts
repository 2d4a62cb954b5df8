import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** A trace is one line an event: no `\n` anywhere in a format (tracetool). */
export const noNewlineInFormat: FileRule<"no-newline-in-format"> = {
  name: "no-newline-in-format",
  summary: "No format contains a newline.",
  why: "A trace is one line an event. Backends add the newline themselves.",
  bad: 'reset(void) "reset\\n"',
  good: 'reset(void) "reset"',
  fixable: false,
  enforcedBy: "QEMU's generator",
  severity: always("error"),
  *check({ events }) {
    for (const { node } of events) {
      for (const part of node.formats.flatMap((format) => format.parts)) {
        if (part.kind !== "string" || !part.raw.includes("\\n")) continue;
        for (const match of part.raw.matchAll(/\\(?:\\|(n))/g)) {
          if (!match[1]) continue;
          const start = part.span.start + 1 + match.index;
          yield { code: "no-newline-in-format", span: { start, end: start + 2 }, values: {} };
        }
      }
    }
  },
};
