import { expect, test } from "vitest";
import { said } from "../../support/lint-text.js";

const rule = "allowed-types";

test("every argument is looked at", () => {
  expect(said(rule, "x(hwaddr a, int b, QObject *c)")).toHaveLength(2);
});
