import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

const former: ReadonlyMap<string, string> = new Map([
  ["vcpu", ": QEMU reads it up to 8.x only"],
  ["tcg", ": QEMU reads it up to 6.x only"],
]);

/** `disable` is the one property that today's QEMU reads (tracetool's `_VALID_PROPS`). */
export const knownProperties: FileRule<"known-properties"> = {
  name: "known-properties",
  summary: "`disable` is the only property.",
  why:
    "QEMU's generator stops at a property that it does not know. `vcpu` and `tcg` are of older versions: " +
    "8.x was the last to read the one, 6.x the other.",
  bad: 'vcpu guest_cpu_reset(void) ""',
  good: 'guest_cpu_reset(void *cpu) "cpu=%p"',
  fixable: false,
  enforcedBy: "QEMU's generator",
  severity: always("error"),
  *check({ events }) {
    for (const { node } of events) {
      for (const property of node.properties) {
        if (property.text === "disable") continue;
        const values = { property: property.text, hint: former.get(property.text) ?? "" };
        yield { code: "known-properties", span: property.span, values };
      }
    }
  },
};
