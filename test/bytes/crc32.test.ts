import { expect, test } from "vitest";
import { crc32 } from "../../src/bytes/crc32.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";

test.each([
  ["", 0],
  ["\0", 0xd202ef8d],
  ["a", 0xe8b7be43],
  ["123456789", 0xcbf43926],
])("the checksum of %j", (text, checksum) => {
  expect(crc32(encodeUtf8(text))).toBe(checksum);
});

test("of bytes in pieces it is that of all of them", () => {
  const bytes = encodeUtf8("123456789");
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(0xcbf43926);
  }
});
