import { nearestName } from "../nearest-name.js";
import { lastVersionWith, readsFormer } from "../qemu-version.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/**
 * `disable` is the one property that today's QEMU reads. `vcpu` and `tcg` are of older versions, whose
 * trees are linted too: they are told only when a version is asked for (`--qemu 10.2`) that no longer
 * reads them. A property that no version has had is told always, as tracetool's `_VALID_PROPS` does.
 */
export const knownProperties: FileRule<"known-properties"> = {
  name: "known-properties",
  summary: "`disable` is the only property; `vcpu` and `tcg` are of older versions.",
  why:
    "QEMU's generator stops at a property that it does not know. 8.x was the last to read `vcpu`, 6.x the " +
    "last to read `tcg`: with `--qemu VERSION` they are findings where that version has no such property.",
  bad: 'disabled guest_cpu_reset(void *cpu) "cpu=%p"',
  good: 'disable guest_cpu_reset(void *cpu) "cpu=%p"',
  fixable: false,
  enforcedBy: "QEMU's generator",
  severity: always("error"),
  *check({ events }, { qemu }) {
    for (const { node } of events) {
      for (const { text: property, span } of node.properties) {
        if (property === "disable" || readsFormer(property, qemu)) continue;
        const last = lastVersionWith(property);
        const near = nearestName(property, ["disable"]);
        const meant = near ? `; is it '${near}'?` : "; 'disable' is the only one";
        const hint = last === undefined ? meant : `: QEMU reads it up to ${last}.x only`;
        yield { code: "known-properties", span, values: { property, hint } };
      }
    }
  },
};
