import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** A name is declared once in a group: the generated C would not compile. */
export const uniqueNames: FileRule<"unique-names"> = {
  name: "unique-names",
  summary: "A name is declared once in a file.",
  why: "Two functions of one name would stand in the header that is generated of the file, and C takes one.",
  bad: 'reset(void) ""\nreset(int index) "index %d"',
  good: 'reset(void) ""\nreset_index(int index) "index %d"',
  fixable: false,
  enforcedBy: "the C compiler",
  severity: always("error"),
  *check({ events }) {
    const lines = new Map<string, number>();
    for (const { node, event } of events) {
      const line = lines.get(event.name);
      if (line === undefined) lines.set(event.name, event.place.line);
      else yield { code: "unique-names", span: node.name.span, values: { name: event.name, line } };
    }
  },
};
