import { parseFormatString } from "../../../grammar/format-string.js";
import type { Rule } from "../rule.js";

/** `%m` prints errno, which the trace's backend may have changed: pass the error instead (tracetool). */
export const noErrnoConversion: Rule = {
  name: "no-errno-conversion",
  *check({ events }) {
    for (const { node } of events) {
      for (const piece of node.formats.flatMap((format) => parseFormatString(format).pieces)) {
        if (piece.kind === "conversion" && piece.specifier === "m") {
          yield { code: "no-errno-conversion", span: piece.span, values: {} };
        }
      }
    }
  },
};
