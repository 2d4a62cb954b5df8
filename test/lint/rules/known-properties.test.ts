import { expect, test } from "vitest";
import { parse } from "../../../grammar/parse.js";
import { messageOf } from "../../../src/diagnostics/catalogue.js";
import { lint } from "../../../src/lint/lint.js";
import type { QemuVersion } from "../../../src/lint/qemu-version.js";
import { knownProperties } from "../../../src/lint/rules/known-properties.js";
import { said } from "../../support/lint-text.js";

const rule = "known-properties";

test("disable is known, and what no version reads is not", () => {
  expect(said(rule, "disable x(void)")).toEqual([]);
  expect(said(rule, "disabled x(void)")).toEqual([
    "'disabled': unknown property 'disabled'; is it 'disable'?",
  ]);
});

/** The findings on a line that a version of QEMU is to read. */
function saidOf(line: string, qemu?: QemuVersion): string[] {
  return lint(parse(`${line}\n`), [knownProperties], { qemu }).map(messageOf);
}

test("what older versions read is told when a later version is asked for", () => {
  const line = "vcpu tcg x(void)";
  const [vcpu, tcg] = [
    "unknown property 'vcpu': QEMU reads it up to 8.x only",
    "unknown property 'tcg': QEMU reads it up to 6.x only",
  ];
  expect(saidOf(line)).toEqual([]);
  expect(saidOf(line, { major: 6, minor: 2 })).toEqual([]);
  expect(saidOf(line, { major: 7, minor: 2 })).toEqual([tcg]);
  expect(saidOf(line, { major: 10, minor: 2 })).toEqual([vcpu, tcg]);
});

test("a property called as something that every object has is unknown, and no more", () => {
  expect(said(rule, "constructor x(void)")).toEqual([
    "'constructor': unknown property 'constructor'; 'disable' is the only one",
  ]);
});
