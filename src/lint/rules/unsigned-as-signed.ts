import type { FileRule } from "../rule.js";
import { strictOnly } from "../rule.js";
import { integersPrintedBy } from "../signedness.js";

/** Unsigned arguments are not printed with `%d` or `%i`. */
export const unsignedAsSigned: FileRule<"unsigned-as-signed"> = {
  name: "unsigned-as-signed",
  summary: "An unsigned argument is not printed with `%d` or `%i`.",
  why:
    "From the middle of its range on, an unsigned number printed with `%d` is shown as negative: a size of " +
    "3 GiB as -1073741824. Those smaller than `int` are printed right, but say that they could be negative.",
  bad: 'read_block(uint32_t sector) "sector %d"',
  good: 'read_block(uint32_t sector) "sector %u"',
  fixable: false,
  severity: strictOnly,
  *check(file) {
    for (const { signed, ...problem } of integersPrintedBy("di", file)) {
      if (!signed) yield { code: "unsigned-as-signed", ...problem };
    }
  },
};
