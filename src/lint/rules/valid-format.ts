import { parseFormatString } from "../../../grammar/format-string.js";
import type { Rule } from "../rule.js";

/** Escapes that C has, conversions that printf has, macros behind their `%`. */
export const validFormat: Rule = {
  name: "valid-format",
  *check({ events }) {
    for (const { node } of events) {
      for (const format of node.formats) yield* parseFormatString(format).problems;
    }
  },
};
