import { expect, test } from "vitest";
import { sendsSwitchoverStart } from "../../../src/migration/engine/send-switchover-start.js";

test.each([
  ["pc-q35-10.2", true],
  ["pc-i440fx-10.0", true],
  ["pc-q35-9.2", false],
  ["pc-i440fx-9.1", false],
  ["virt-2.12", false],
  ["microvm", true],
  ["none", true],
])("%s: %s", (type, sends) => {
  expect(sendsSwitchoverStart(type)).toBe(sends);
});
