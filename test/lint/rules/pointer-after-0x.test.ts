import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "pointer-after-0x";

test("the 0x goes, the rest stays", () => {
  expect(fixedBy(rule, 'a(void *b) "[dev 0x%p]"')).toBe('a(void *b) "[dev %p]"');
});

test("%x may have its 0x", () => {
  expect(said(rule, 'a(unsigned b) "0x%x"')).toEqual([]);
});
