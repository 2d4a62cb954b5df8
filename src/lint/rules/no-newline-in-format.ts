import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { spellings } from "../spellings.js";

/**
 * A trace is one line an event: no `\n` anywhere in a format. tracetool looks for these two
 * characters, so that it refuses a backslash before an n (`\\n`) too.
 */
export const noNewlineInFormat: FileRule<"no-newline-in-format"> = {
  name: "no-newline-in-format",
  summary: "No format contains a newline.",
  why: "A trace is one line an event. Backends add the newline themselves.",
  bad: 'reset(void) "reset\\n"',
  good: 'reset(void) "reset"',
  fixable: false,
  enforcedBy: "QEMU's generator",
  severity: always("error"),
  *check({ events, parsed }) {
    if (!parsed.source.text.includes("\\n")) return;
    for (const { node } of events) {
      for (const span of spellings(node, "\\n")) {
        yield { code: "no-newline-in-format", span, values: {} };
      }
    }
  },
};
