import { describe, expect, test } from "vitest";
import { EventLayout, integerValue } from "../../../src/traces/simpletrace/event-layout.js";
import { modelsOf } from "../../runtime/trace-events-of.js";

const layoutOf = (line: string) => new EventLayout(modelsOf(`${line}\n`)[0]!);

/** A payload of strings of these lengths and of words, after 3 bytes of something else. */
function payload(little: boolean, ...parts: readonly ("word" | number)[]) {
  const lengths = parts.map((part) => (part === "word" ? 8 : 4 + part));
  const view = new DataView(new ArrayBuffer(3 + lengths.reduce((sum, next) => sum + next, 0)));
  let at = 3;
  for (const [index, part] of parts.entries()) {
    if (part !== "word") view.setUint32(at, part, little);
    at += lengths[index]!;
  }
  return { view, length: at - 3 };
}

const mixed = "e(int a, const char *s, int b, int c, char *t, char *u, void *d)";

describe.each([true, false])("little-endian: %s", (little) => {
  test.each([
    ["e(void)", [], 0],
    ["e(int a)", ["word"], 8],
    ["e(int a, void *b, bool c)", ["word", "word", "word"], 24],
    ["e(char *s)", [5], -1],
    [mixed, ["word", 3, "word", "word", 0, 70, "word"], -1],
  ] as const)("%s lies as declared", (line, parts, fixed) => {
    const layout = layoutOf(line);
    const { view, length } = payload(little, ...parts);
    expect(layout.fixedLength).toBe(fixed);
    expect([-1, 0, 1].map((more) => layout.fits(view, 3, length + more, little))).toEqual([
      ...[false, true, false],
    ]);
    const sizes = parts.map((part) => (part === "word" ? 8 : 4 + part));
    for (const index of parts.keys()) {
      const before = sizes.slice(0, index).reduce((sum: number, next) => sum + next, 0);
      expect(layout.position(index, view, 3, little)).toBe(3 + before);
    }
  });

  test.each([
    ["e(int a, bool b)", ["word"], 8, "declared (int a, bool b) takes 16"],
    ["e(void)", ["word"], 8, "declared () takes 0"],
    ["e(int a, char *s)", ["word"], 7, "declared (int a, char * s) ends in it before a"],
    ["e(int a, char *s)", ["word", 0], 11, "declared (int a, char * s) ends in it before s"],
    ["e(int a, char *s)", ["word", 5], 16, "declared (int a, char * s) would have s of 5 bytes"],
    ["e(char *s, int b)", [5, "word"], 16, "declared (char * s, int b) ends in it before b"],
    ["e(char *s, int b)", [5, "word"], 18, "declared (char * s, int b) leaves 1 over"],
    ["e(char *s, char *t)", [2, 9], 6, "declared (char * s, char * t) ends in it before t"],
  ] as const)("%s is not %j in %i bytes", (line, parts, length, difference) => {
    const layout = layoutOf(line);
    const view = new DataView(new ArrayBuffer(64));
    const part = new Uint8Array(payload(little, ...parts).view.buffer);
    new Uint8Array(view.buffer).set(part);
    expect(layout.fits(view, 3, length, little)).toBe(false);
    expect(layout.difference(view, 3, length, little)).toBe(
      `the record has ${length} bytes, ${difference}`,
    );
  });

  test.each([
    ["int8_t", 0xffff_ffff_ffff_ff80n, -128],
    ["int8_t", 0x17fn, 127],
    ["uint8_t", 0xffff_ffff_ffff_ff80n, 128],
    ["int16_t", 0x8000n, -32768],
    ["uint16_t", 0x18000n, 32768],
    ["int", 0x80000000n, -(2 ** 31)],
    ["uint32_t", 0x1_8000_0000n, 2 ** 31],
    ["int64_t", 0x8000_0000_0000_0000n, -(2n ** 63n)],
    ["uint64_t", 0x8000_0000_0000_0000n, 2n ** 63n],
    ["bool", 0n, false],
    ["bool", 2n ** 40n, true],
    ["void *", 0xffff_8000_0000_0001n, 0xffff_8000_0000_0001n],
  ])("%s of %x is %s", (type, bits, value) => {
    const view = new DataView(new ArrayBuffer(11));
    view.setBigUint64(3, bits, little);
    const [argument] = modelsOf(`e(${type} a)\n`)[0]!.arguments;
    expect(integerValue(argument!, view, 3, little)).toBe(value);
  });
});
