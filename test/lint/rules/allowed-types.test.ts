import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "allowed-types";

test("every argument is looked at", () => {
  expect(said(rule, "x(hwaddr a, int b, QObject *c)")).toHaveLength(2);
});

test("TCGv is allowed of events of the property tcg, which QEMU 5.2 has, and no others", () => {
  const event = (properties: string) => `${properties}x(TCGv vaddr) "vaddr=%d", "vaddr=%d"`;
  expect(said(rule, event("vcpu tcg "))).toEqual([]);
  expect(said(rule, 'x(TCGv vaddr) "vaddr=%d"')).toHaveLength(1);
});
