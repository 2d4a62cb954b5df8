import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "hex-group-prefix";

test("every conversion of a group counts, and what hex-prefix tells does not", () => {
  expect(said(rule, 'a(unsigned b, unsigned c, unsigned d) "%02x:%02x.%x"')).toHaveLength(3);
  expect(said(rule, 'a(unsigned b) "%x"')).toEqual([]);
});
