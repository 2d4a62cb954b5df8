import { expect, test } from "vitest";
import type { StreamReaderOptions } from "../../../src/migration/wire/stream-reader-options.js";
import { RECORDINGS } from "../../support/recording-names.js";
import { describeWith } from "../../support/tools.js";
import { type Recording, readRecording } from "./recordings.js";
import { walk } from "./walk.js";

/**
 * Reading to each cut takes long where there are hundreds of items and many thousands of XBZRLE pages:
 * then some parts are cut, and the last devices. With QTRACE_ALL_CUTS=1, all are.
 */
function cutItems({ items }: Recording): Recording["items"] {
  if (items.length < 100 || process.env.QTRACE_ALL_CUTS) return items;
  return items.filter((_, index) => index % 100 === 0 || index >= items.length - 4);
}

describeWith(["shared"], "a stream cut short", () => {
  test.each(RECORDINGS)(
    "%s: around every item's end, what was whole is given, then one error",
    async (name) => {
      const recording = await readRecording(name);
      const ways = waysToRead(recording);
      const isLong = recording.items.length >= 100 && !process.env.QTRACE_ALL_CUTS;
      for (const options of isLong ? ways.slice(0, 1) : ways) {
        for (const { offset, size } of cutItems(recording)) {
          for (let cut = offset + size - 3; cut <= offset + size + 3; cut += 1) {
            expectWholeItems(recording, cut, options);
          }
        }
      }
    },
  );

  test("the error names the field that the cut went through", async () => {
    const { bytes, description, items } = await readRecording("microvm-file");
    const apic = items.find(({ idstr }) => idstr === "apic")!;
    const { error } = walk(bytes.subarray(0, apic.data! + 20), { description: description! });
    expect(error).toMatchObject({
      offset: apic.data! + 20,
      path: ['section 7 "apic"', "field isr[1]"],
    });
  });
});

function expectWholeItems({ bytes, items }: Recording, cut: number, options: StreamReaderOptions) {
  const whole = items.filter(({ offset, size }) => offset + size <= cut);
  const read = walk(bytes.subarray(0, cut), options);
  expect(read.items.map(({ offset }) => offset)).toEqual(whole.map(({ offset }) => offset));
  const atEnd = cut >= bytes.length || (whole.at(-1)?.type === 0 && cut === endOf(whole.at(-1)!));
  expect(read.error !== undefined).toBe(!atEnd);
}

function endOf({ offset, size }: { offset: number; size: number }): number {
  return offset + size;
}

/** With the description that the whole file has, and as a pipe that was cut would be read. */
function waysToRead({ description }: Recording): StreamReaderOptions[] {
  return description ? [{ description }, {}] : [{}];
}
