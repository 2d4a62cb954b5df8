import { readsFormer } from "../qemu-version.js";
import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/**
 * Two formats belong to the property `tcg`. With it they are told only when a version of QEMU is asked
 * for that no longer reads it, as the property itself is.
 */
export const singleFormat: FileRule<"single-format"> = {
  name: "single-format",
  summary: "An event has one format.",
  why:
    "A second format, behind a comma, was for events with the property `tcg`, which were traced when code " +
    "was translated and again when it ran. QEMU after 6.x has no such events.",
  bad: 'guest_mem(void *cpu) "translated %p", "run %p"',
  good: 'guest_mem(void *cpu) "run %p"',
  fixable: false,
  enforcedBy: "QEMU's generator",
  severity: always("error"),
  *check({ events }, { qemu }) {
    for (const { node, event } of events) {
      const second = node.formats[1];
      const allowed = event.properties.includes("tcg") && readsFormer("tcg", qemu);
      if (second && !allowed) yield { code: "single-format", span: second.span, values: {} };
    }
  },
};
