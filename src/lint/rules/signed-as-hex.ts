import type { FileRule } from "../rule.js";
import { strictOnly } from "../rule.js";
import { integersPrintedBy } from "../signedness.js";

/** Signed arguments are not printed as hexadecimal. */
export const signedAsHex: FileRule<"signed-as-hex"> = {
  name: "signed-as-hex",
  summary: "A signed argument is not printed as hexadecimal.",
  why:
    "`%x` is for unsigned numbers: -1 is shown as `ffffffff`, and a `char` above 127 as `ffffff80`. What is " +
    "printed as hexadecimal is mostly a set of bits or an address, and better declared unsigned.",
  bad: 'irq(int status) "status 0x%x"',
  good: 'irq(unsigned status) "status 0x%x"',
  fixable: false,
  severity: strictOnly,
  *check(file) {
    for (const { signed, ...problem } of integersPrintedBy("xX", file)) {
      if (signed) yield { code: "signed-as-hex", ...problem };
    }
  },
};
