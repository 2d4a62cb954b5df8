import { expect, test } from "vitest";
import { DecodeError } from "../../../src/bytes/decode-error.js";
import { applyXbzrle, encodeXbzrle } from "../../../src/migration/wire/xbzrle.js";
import { seededRandom } from "../../support/random.js";
import { bytesOf } from "./bytes.js";

test("one new byte behind 300 unchanged ones", () => {
  const page = new Uint8Array(4096);
  applyXbzrle(page, bytesOf("ac02 01 19"));
  expect(page[300]).toBe(0x19);
  expect(page.filter((byte) => byte !== 0).length).toBe(1);
});

test("what is encoded and applied gives the page again", () => {
  const random = seededRandom(7);
  for (let time = 0; time < 50; time += 1) {
    const before = Uint8Array.from({ length: 4096 }, () => random(256));
    const after = before.slice();
    for (let change = random(40); change > 0; change -= 1) after[random(4096)] = random(256);
    const encoded = encodeXbzrle(before, after)!;
    applyXbzrle(before, encoded);
    expect(before).toEqual(after);
  }
});

test("a page without a change is encoded as nothing", () => {
  expect(encodeXbzrle(new Uint8Array(64), new Uint8Array(64))).toEqual(new Uint8Array(0));
});

test("a page that changed all over is not worth encoding", () => {
  expect(encodeXbzrle(new Uint8Array(64), new Uint8Array(64).fill(1))).toBeUndefined();
});

test.each([
  ["runs over the page's end", "a01f 7f 00"],
  ["unchanged bytes and nothing behind", "05"],
  ["a count of three bytes", "808001"],
  ["no new bytes", "01 00"],
])("%s: a DecodeError", (_, encoded) => {
  expect(() => applyXbzrle(new Uint8Array(4096), bytesOf(encoded))).toThrow(DecodeError);
});
