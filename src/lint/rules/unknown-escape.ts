import { formatProblems } from "../format-problems.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** C knows every escape in a format. */
export const unknownEscape: FileRule<"unknown-escape"> = {
  name: "unknown-escape",
  summary: "C knows every escape in a format.",
  why: "What a compiler makes of an escape that C does not have is its own choice, with a warning at best.",
  bad: 'match(const char *name) "\\d %s"',
  good: 'match(const char *name) "\\\\d %s"',
  fixable: false,
  enforcedBy: "the C compiler",
  severity: always("error"),
  check: (file) => formatProblems("unknown-escape", file),
};
