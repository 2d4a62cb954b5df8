import type { FileRule } from "../rule.js";
import { always } from "../rule.js";
import { spellings } from "../spellings.js";

/** What may be between the two characters, strings joined; or an escape, which may be one of them. */
const mayBeWritten = /%[-+ #0-9.*'hljztL"\t]*m|\\[x0-7]/;

/**
 * `%m` prints errno, which the trace's backend may have changed: pass the error instead. tracetool
 * looks for these two characters, so that it refuses `%%m` too.
 */
export const noErrnoConversion: FileRule<"no-errno-conversion"> = {
  name: "no-errno-conversion",
  summary: "No format has `%m`.",
  why:
    "`%m` prints the message for `errno` at the time of printing. A backend may have changed it by then, or " +
    "print the trace in another process, on another day: pass the error as an argument.",
  bad: 'open_failed(const char *path) "%s: %m"',
  good: 'open_failed(const char *path, const char *error) "%s: %s"',
  fixable: false,
  enforcedBy: "QEMU's generator",
  severity: always("error"),
  *check({ events, parsed }) {
    if (!mayBeWritten.test(parsed.source.text)) return;
    for (const { node, formats } of events) {
      const written = spellings(node, "%m");
      for (const span of written) yield { code: "no-errno-conversion", span, values: {} };
      for (const { pieces } of formats) {
        for (const piece of pieces) {
          if (piece.kind !== "conversion" || piece.specifier !== "m") continue;
          if (written.some(({ start }) => start === piece.span.start)) continue;
          yield { code: "no-errno-conversion", span: piece.span, values: {} };
        }
      }
    }
  },
};
