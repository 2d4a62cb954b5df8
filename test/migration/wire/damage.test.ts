import { expect, test } from "vitest";
import { DecodeError } from "../../../src/bytes/decode-error.js";
import { RamImageBuilder } from "../../../src/migration/wire/ram-image.js";
import { StateCollector } from "../../../src/migration/wire/state-collector.js";
import type { StreamReaderOptions } from "../../../src/migration/wire/stream-reader-options.js";
import { seededRandom } from "../../support/random.js";
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

describeWith(["shared"], "a stream with a bit flipped", () => {
  test.each([
    ["microvm-file", 9200],
    ["virt-aarch64-file", 300],
    ["q35-multifd", 300],
    ["q35-postcopy", 190],
    ["pc-9.2-xbzrle", 10],
  ] as const)("%s: gives items and DecodeErrors, nothing else", async (name, times) => {
    const recording = await readRecording(name);
    const { bytes } = recording;
    const random = seededRandom(20261123);
    const ways = waysToRead(recording);
    for (let time = 0; time < times; time += 1) {
      const at = flipPlace(recording, random);
      const before = bytes[at]!;
      bytes[at] = before ^ (1 << random(8));
      readAll(bytes, ways[time % ways.length]!);
      bytes[at] = before;
    }
  });
});

/** Items, state and memory; anything but a DecodeError is thrown. */
function readAll(bytes: Uint8Array, options: StreamReaderOptions): void {
  const state = new StateCollector();
  const ram = new RamImageBuilder(() => ({
    write: () => {},
    read: (_, length) => new Uint8Array(length),
  }));
  const { items, error } = walk(bytes, { ...options, ram, keepData: true });
  for (const item of items) state.add(item);
  try {
    state.sections(options.description);
  } catch (caught) {
    expect(caught).toBeInstanceOf(DecodeError);
  }
  if (error) expect(error.offset).toBeLessThanOrEqual(bytes.length);
}

/** Half of the flips in heads and footers, where they matter most. */
function flipPlace({ bytes, items }: Recording, random: (limit: number) => number): number {
  if (random(2) === 0) return random(bytes.length);
  const { offset } = items[random(items.length)]!;
  return Math.min(bytes.length - 1, Math.max(0, offset - 8 + random(40)));
}
