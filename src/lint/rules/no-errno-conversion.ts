import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** `%m` prints errno, which the trace's backend may have changed: pass the error instead (tracetool). */
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
  *check({ events }) {
    for (const { formats } of events) {
      for (const piece of formats.flatMap(({ pieces }) => pieces)) {
        if (piece.kind === "conversion" && piece.specifier === "m") {
          yield { code: "no-errno-conversion", span: piece.span, values: {} };
        }
      }
    }
  },
};
