import { expect, test } from "vitest";
import { nearestName } from "../../src/lint/nearest-name.js";

test("the nearest one, not the first", () => {
  expect(nearestName("sse_timer.c", ["sh_timer.c", "sse-timer.c"])).toBe("sse-timer.c");
  expect(nearestName("stray-leter", ["stray-letters", "stray-letter"])).toBe("stray-letter");
});

test("none that differs in more than a quarter of its letters, or in more than two", () => {
  expect(nearestName("z2.c", ["kzm.c"])).toBeUndefined();
  expect(nearestName("abcdefghijklmnop", ["abcdefghijklmxyz"])).toBeUndefined();
});
