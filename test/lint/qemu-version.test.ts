import { expect, test } from "vitest";
import { readQemuVersion, readsFormer } from "../../src/lint/qemu-version.js";

test.each([
  ["7.2", { major: 7, minor: 2 }],
  ["10.0.3", { major: 10, minor: 0 }],
  ["8", { major: 8, minor: 0 }],
  ["v7.2", undefined],
  ["7.", undefined],
  ["", undefined],
])("%s", (text, version) => {
  expect(readQemuVersion(text)).toEqual(version);
});

test("no version reads what none has had", () => {
  expect(readsFormer("inline", undefined)).toBe(false);
});
