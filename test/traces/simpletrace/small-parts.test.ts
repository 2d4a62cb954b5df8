/** The small parts of simpletrace's readers: names, headers, kept records. */

import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../../src/bytes/utf8.js";
import { readSimpletraceHeader } from "../../../src/traces/simpletrace/header.js";
import { isName } from "../../../src/traces/simpletrace/item-layout.js";
import { joinHalves } from "../../../src/traces/simpletrace/join-halves.js";
import { MappedNames } from "../../../src/traces/simpletrace/mapped-names.js";
import { RecordKeeper } from "../../../src/traces/simpletrace/record-keeper.js";

test("a name has letters, digits and underscores", () => {
  for (let code = 0; code < 256; code++)
    expect(isName(Uint8Array.of(0, code, 0), 1, 1), `${code}`).toBe(
      /^\w$/.test(String.fromCharCode(code)),
    );
  const bytes = encodeUtf8("-abc-");
  expect([
    isName(bytes, 1, 3),
    isName(bytes, 0, 3),
    isName(bytes, 1, 4),
    isName(bytes, 0, 0),
  ]).toEqual([...[true, false, false, true]]);
});

test("halves are joined", () => {
  expect(joinHalves(0xfedc_ba98, 0x7654_3210)).toBe(0xfedc_ba98_7654_3210n);
  expect(joinHalves(0, 1)).toBe(1n);
});

describe("mapped names", () => {
  test("are found by their ids, the last of each", () => {
    const names = new MappedNames();
    const bytes = encodeUtf8("ping page");
    expect(names.get(0)).toBeUndefined();
    names.set(3, bytes, 0, 4);
    names.set(0, bytes, 5, 4);
    bytes.fill(0);
    expect([0, 1, 2, 3, 4].map((id) => names.get(id))).toEqual([
      ...["page", undefined, undefined, "ping", undefined],
    ]);
    names.set(3, encodeUtf8("other"), 0, 5);
    expect([names.get(0), names.get(3)]).toEqual(["page", "other"]);
  });

  test("are kept when their memory grows", () => {
    const names = new MappedNames();
    const nameOf = (id: number) => String(id).padStart(id % 40, "x");
    for (let id = 0; id < 10_000; id++) {
      const bytes = encodeUtf8(nameOf(id));
      names.set(id, bytes, 0, bytes.length);
    }
    for (let id = 0; id < 10_000; id++) expect(names.get(id)).toBe(nameOf(id));
  });
});

describe("a header", () => {
  /** 2^64 - 1, then 0xf2b177cb0aa429b4 (QEMU trace/simple.c), then the version. */
  const header = (little: boolean, version: bigint) => {
    const view = new DataView(new ArrayBuffer(24));
    view.setBigUint64(0, 2n ** 64n - 1n, little);
    view.setBigUint64(8, 0xf2b1_77cb_0aa4_29b4n, little);
    view.setBigUint64(16, version, little);
    return new Uint8Array(view.buffer);
  };

  test.each([
    ["little", true],
    ["big", false],
  ] as const)("of a %s-endian machine has 24 bytes, all of which count", (order, little) => {
    const whole = header(little, 0x1_0000_0004n);
    const version = 0x1_0000_0004n;
    expect(readSimpletraceHeader(whole)).toEqual({ order, version });
    expect(readSimpletraceHeader(Uint8Array.from([...whole, 9]))).toEqual({ order, version });
    const shifted = Uint8Array.from([9, ...whole]).subarray(1);
    expect(readSimpletraceHeader(shifted)).toEqual({ order, version });
    for (let length = 0; length < 24; length++)
      expect(readSimpletraceHeader(whole.subarray(0, length))).toBe("more");
    for (let index = 0; index < 16; index++) {
      const wrong = whole.slice();
      wrong[index]! ^= 1;
      expect(readSimpletraceHeader(wrong)).toBe("none");
    }
  });
});

test("kept records are copies that stay, of any length", () => {
  const keeper = new RecordKeeper();
  const source = Uint8Array.from({ length: 10_000 }, (_, index) => index * 7);
  const view = new DataView(source.buffer);
  const kept: {
    readonly bytes: () => Uint8Array;
    readonly from: number;
    readonly length: number;
  }[] = [];
  for (const [index, length] of [0, 1, 2, 3, 4, 5, 24, 1000, 3057, 1, 4096, 4097, 31].entries()) {
    const from = 100 + index;
    keeper.keep(view, from, length);
    const { view: into, at } = keeper;
    kept.push({ bytes: () => new Uint8Array(into.buffer, at, length), from, length });
  }
  // 4096 bytes hold the records from 1 to 3057, and one byte more does not fit.
  const expected = kept.map(({ from, length }) => source.slice(from, from + length));
  source.fill(0);
  expect(kept.map(({ bytes }) => bytes())).toEqual(expected);
});

test("a stretch of 4096 bytes holds as many records as fit", () => {
  const keeper = new RecordKeeper();
  const source = new DataView(new ArrayBuffer(10_000));
  keeper.keep(source, 0, 4000);
  const first = keeper.view;
  expect([keeper.at, first.byteLength]).toEqual([0, 4096]);
  keeper.keep(source, 0, 96);
  expect([keeper.at, keeper.view]).toEqual([4000, first]);
  keeper.keep(source, 0, 1);
  expect(keeper.view).not.toBe(first);
  expect([keeper.at, keeper.view.byteLength]).toEqual([0, 4096]);
  keeper.keep(source, 0, 5000);
  expect([keeper.at, keeper.view.byteLength]).toEqual([0, 5000]);
});
