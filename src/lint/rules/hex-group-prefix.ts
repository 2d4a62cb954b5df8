import { bareHexadecimals } from "../bare-hexadecimals.js";
import type { FileRule } from "../rule.js";
import { strictOnly } from "../rule.js";

/** Grouped hexadecimal digits without `0x`. */
export const hexGroupPrefix: FileRule<"hex-group-prefix"> = {
  name: "hex-group-prefix",
  summary: "`0x` stands before grouped hexadecimal digits too.",
  why:
    "Groups of digits parted by `.`, `:`, `/` or a blank need no `0x` for QEMU's patch checker, and an " +
    "address of a PCI device looks best without. But of `%x %x` nobody can tell that it is hexadecimal.",
  bad: 'crq(unsigned c0, unsigned c1) "crq: 0x%02x %02x"',
  good: 'crq(unsigned c0, unsigned c1) "crq: 0x%02x 0x%02x"',
  fixable: false,
  severity: strictOnly,
  *check(file) {
    for (const { grouped, ...problem } of bareHexadecimals(file)) {
      if (grouped) yield { code: "hex-group-prefix", ...problem };
    }
  },
};
