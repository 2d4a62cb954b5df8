import { bareHexadecimals } from "../bare-hexadecimals.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** QEMU's patch checker wants `0x` before hexadecimal digits that are not grouped. */
export const hexPrefix: FileRule<"hex-prefix"> = {
  name: "hex-prefix",
  summary: "`0x` stands before a hexadecimal conversion.",
  why:
    "`10` without `0x` is read as ten. QEMU's patch checker wants the `0x`, unless digits stand in " +
    "groups parted by `.`, `:`, `/` or a blank, as in addresses of PCI devices; those are told by " +
    "`hex-group-prefix`.",
  bad: 'replay_put_word(uint16_t event) "%04x"',
  good: 'replay_put_word(uint16_t event) "0x%04x"',
  fixable: false,
  enforcedBy: "QEMU's patch checker",
  severity: always("warn"),
  *check(file) {
    for (const { grouped, ...problem } of bareHexadecimals(file)) {
      if (!grouped) yield { code: "hex-prefix", ...problem };
    }
  },
};
