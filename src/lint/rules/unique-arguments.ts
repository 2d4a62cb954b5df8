import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** An event's arguments have names of their own: the generated C would not compile. */
export const uniqueArguments: FileRule<"unique-arguments"> = {
  name: "unique-arguments",
  summary: "No two arguments of an event have the same name.",
  why: "The arguments become the parameters of a C function, which takes each name once.",
  bad: 'reset(int unit, int unit) "unit %d of %d"',
  good: 'reset(int unit, int units) "unit %d of %d"',
  fixable: false,
  enforcedBy: "the C compiler",
  severity: always("error"),
  *check({ events }) {
    for (const { node } of events) {
      const seen = new Set<string>();
      for (const { name } of node.arguments) {
        if (!name) continue;
        if (seen.has(name.text)) {
          yield { code: "unique-arguments", span: name.span, values: { name: name.text } };
        }
        seen.add(name.text);
      }
    }
  },
};
