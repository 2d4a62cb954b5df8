import { formatProblems } from "../format-problems.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** A `PRI` macro stands behind a `%`. */
export const strayMacro: FileRule<"stray-macro"> = {
  name: "stray-macro",
  summary: "A `PRI` macro stands behind a `%`.",
  why:
    'A macro is a piece of text that C joins with its neighbours: `"%u" PRIx8` is `%uhhx`, which prints 5 ' +
    "as `5hhx`. No compiler complains, since it is a valid format.",
  bad: 'config_read(uint8_t value) "value %u" PRIx8',
  good: 'config_read(uint8_t value) "value 0x%" PRIx8',
  fixable: false,
  severity: always("error"),
  check: (file) => formatProblems("stray-macro", file),
};
