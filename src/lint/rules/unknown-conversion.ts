import { formatProblems } from "../format-problems.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** printf knows every conversion in a format. */
export const unknownConversion: FileRule<"unknown-conversion"> = {
  name: "unknown-conversion",
  summary: "printf knows every conversion in a format.",
  why:
    "What printf does at a `%` that no conversion follows is undefined, and nobody can tell any more which " +
    "argument belongs to which conversion. A percent sign is written `%%`.",
  bad: 'progress(int done) "%d%"',
  good: 'progress(int done) "%d%%"',
  fixable: false,
  enforcedBy: "the C compiler",
  severity: always("error"),
  check: (file) => formatProblems("unknown-conversion", file),
};
