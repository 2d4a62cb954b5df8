import type { FileRule } from "../rule.js";
import { strictOnly } from "../rule.js";
import { integersPrintedBy } from "../signedness.js";

/** Signed arguments are not printed with `%u`. */
export const signedAsUnsigned: FileRule<"signed-as-unsigned"> = {
  name: "signed-as-unsigned",
  summary: "A signed argument is not printed with `%u`.",
  why: "-1, which so often means an error or nothing, is shown as 4294967295 or as 18446744073709551615.",
  bad: 'copied(int64_t offset) "offset %" PRIu64',
  good: 'copied(int64_t offset) "offset %" PRId64',
  fixable: false,
  severity: strictOnly,
  *check(file) {
    for (const { signed, ...problem } of integersPrintedBy("u", file)) {
      if (signed) yield { code: "signed-as-unsigned", ...problem };
    }
  },
};
