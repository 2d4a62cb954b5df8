import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../src/bytes/utf8.js";

test.each(["", "ascii", "é日😀", "\0", "\ufeffmark"])("%j there and back", (text) => {
  expect(decodeUtf8(encodeUtf8(text))).toBe(text);
});

test("what is no UTF-8 is U+FFFD", () => {
  expect(decodeUtf8(Uint8Array.of(0x61, 0xff, 0x62, 0xe2, 0x82))).toBe("a\ufffdb\ufffd");
});
