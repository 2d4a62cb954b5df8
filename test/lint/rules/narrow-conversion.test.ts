import { expect, test } from "vitest";
import { fixedBy, said } from "../../support/lint-text.js";

const rule = "narrow-conversion";

test("an int behind a macro of 16 bits", () => {
  expect(said(rule, 'a(int b) "%" PRIx16')).toEqual([
    `'%" PRIx16': '%PRIx16' is for 16 bits, but 'b' is 'int', of 32 bits`,
  ]);
});

test("a fixed-width type gets its own macro", () => {
  expect(fixedBy(rule, 'a(uint16_t b) "%"PRIu8" x"')).toBe('a(uint16_t b) "%"PRIu16" x"');
});

test("half of a 64-bit value is what compilers refuse: format-types tells", () => {
  expect(said(rule, 'a(uint64_t b) "%" PRIx32')).toEqual([]);
  expect(said("format-types", 'a(uint64_t b) "%" PRIx32')).toHaveLength(1);
});
