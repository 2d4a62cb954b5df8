import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "missing-heading-file";

test("a file of nearly that name is proposed, or one elsewhere", () => {
  const files = {
    "i2c/trace-events": "# i2c-mux.c\n# gone.c\n",
    "i2c/i2c_mux.c": "",
    "x/gone.c": "",
  };
  expect(said(rule, files)).toEqual([
    "'# i2c-mux.c': there is no file 'i2c-mux.c'; is it 'i2c_mux.c'?",
    "'# gone.c': there is no file 'gone.c'; is it x/gone.c?",
  ]);
});

test("comments that name no file are no headings", () => {
  expect(
    said(rule, { "a/trace-events": "# See docs/tracing.rst for more\n", "a/b.c": "" }),
  ).toEqual([]);
});

test("one below the folder comes first; of several elsewhere, or short names, none is proposed", () => {
  const files = {
    "target/loong/trace-events": "# kvm.c\n# cpu.c\n# z2.c\n",
    "target/loong/kvm/kvm.c": "",
    "target/arm/kvm.c": "",
    "target/arm/cpu.c": "",
    "target/x86/cpu.c": "",
    "target/loong/kzm.c": "",
  };
  expect(said(rule, files)).toEqual([
    "'# kvm.c': there is no file 'kvm.c'; is it 'kvm/kvm.c'?",
    "'# cpu.c': there is no file 'cpu.c'",
    "'# z2.c': there is no file 'z2.c'",
  ]);
});
