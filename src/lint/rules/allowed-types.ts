import type { FileRule } from "../rule.js";
import { always } from "../rule.js";

/** Arguments are of C's integer types, `bool`, the fixed-width ones, or pointers (tracetool's `validate_type`). */
export const allowedTypes: FileRule<"allowed-types"> = {
  name: "allowed-types",
  summary: "Arguments are of C's integer types, `bool`, the fixed-width ones, or pointers to them.",
  why:
    "The generated header includes none that declares QEMU's own types, so they cannot stand in it. " +
    "Pointers to them are declared `void *`, their numbers by a type of C.",
  bad: 'attach(DeviceState *dev) "dev=%p"',
  good: 'attach(void *dev) "dev=%p"',
  fixable: false,
  enforcedBy: "QEMU's generator",
  severity: always("error"),
  *check({ events }) {
    for (const { node, event } of events) {
      for (const [index, argument] of event.arguments.entries()) {
        const { kind, spelling: type } = argument.type;
        if (kind !== "unknown" || isTcgValue(type, event.properties)) continue;
        const values = { type };
        yield { code: "allowed-types", span: node.arguments[index]!.type.span, values };
      }
    }
  },
};

/** A value of the guest, which tracetool put another type in the place of in QEMU 5.2. */
function isTcgValue(type: string, properties: readonly string[]): boolean {
  return type === "TCGv" && properties.includes("tcg");
}
