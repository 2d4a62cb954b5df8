import { describe, expect, test } from "vitest";
import type { RamRegion, RamStats } from "../../src/migration/wire/ram-stats.js";
import { ramHeatSvg } from "../../src/report/ram-heat-svg.js";

/** Regions of ten pages, sent so often in each round. */
function region(block: string, start: number, rounds: readonly number[]): RamRegion {
  const sends = rounds.reduce((sum, count) => sum + count, 0);
  return { block, start, length: 40_960, sends, rounds };
}

/** The picture of these regions, by what can be read from it. */
function drawn(regions: readonly RamRegion[], rounds: number) {
  const blocks = [...new Set(regions.map(({ block }) => block))].sort();
  const svg = ramHeatSvg({
    pageSize: 4096,
    blocks: blocks.map((name) => ({ name, usedLength: 0n, ignored: false })),
    rounds: Array.from({ length: rounds }),
    regions,
  } as unknown as RamStats);
  const rects = [
    ...svg.matchAll(
      /<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)" fill="(#\w+)">?(?:<title>(.*?)<)?/g,
    ),
  ].map(([, x, y, width, height, fill, title]) => ({
    ...{ x: Number(x), y: Number(y), width: Number(width), height: Number(height) },
    ...{ fill: fill!, title },
  }));
  const texts = [...svg.matchAll(/<text x="(-?\d+)" y="(-?\d+)"[^>]*>(.*?)</g)].map(
    ([, x, y, text]) => ({ x: Number(x), y: Number(y), text: text! }),
  );
  const [, width, height] = svg.match(/width="(\d+)" height="(\d+)"/)!.map(Number);
  return {
    width: width!,
    height: height!,
    cells: rects.filter(({ title }) => title !== undefined),
    legend: rects.filter(({ title }) => title === undefined),
    texts,
  };
}

describe("a picture of memory by region and round", () => {
  const two = drawn([region("pc.ram", 40_960, [10, 0, 1]), region("pc.ram", 0, [5, 20, 0])], 3);

  test("has a cell for each region and round with pages sent", () => {
    expect(two.cells.map(({ title }) => title)).toEqual([
      "pc.ram 0x0 + 40.0 KiB, round 1: 5 pages",
      "pc.ram 0x0 + 40.0 KiB, round 2: 20 pages",
      "pc.ram 0xa000 + 40.0 KiB, round 1: 10 pages",
      "pc.ram 0xa000 + 40.0 KiB, round 3: 1 pages",
    ]);
  });

  test("has regions side by side, by their start, and rounds one below the other", () => {
    const [first, second, third, fourth] = two.cells;
    expect(second!.x).toBe(first!.x);
    expect(second!.y).toBe(first!.y + first!.height);
    expect(third!.x).toBe(first!.x + first!.width);
    expect(third!.y).toBe(first!.y);
    expect(fourth!.y).toBe(first!.y + 2 * first!.height);
  });

  test("is the darker the more of a region's pages were sent, and darkest from all of them on", () => {
    const { cells, legend } = drawn([region("a", 0, [1, 2, 4, 6, 8, 9, 10, 11, 30])], 9);
    const level = ({ fill }: { readonly fill: string }) =>
      legend.findIndex((box) => box.fill === fill);
    expect(legend).toHaveLength(6);
    expect(new Set(legend.map(({ fill }) => fill)).size).toBe(6);
    expect(cells.map(level)).toEqual([0, 1, 2, 3, 4, 4, 5, 5, 5]);
    // The legend's boxes touch, from the lightest to the darkest.
    for (const [index, box] of legend.slice(1).entries())
      expect(box.x).toBe(legend[index]!.x + legend[index]!.width);
  });

  test("has a gap between two blocks, and none within one", () => {
    const { cells } = drawn(
      [0, 1].flatMap((n) => ["a", "b"].map((b) => region(b, n, [1]))),
      1,
    );
    const steps = cells.slice(1).map(({ x }, index) => x - cells[index]!.x - cells[index]!.width);
    expect(steps[0]).toBe(0);
    expect(steps[1]).toBeGreaterThan(0);
    expect(steps[2]).toBe(0);
  });

  test("fits all cells and the legend", () => {
    const wide = drawn(
      Array.from({ length: 200 }, (_, index) => region("a", index, [1])),
      1,
    );
    for (const picture of [two, wide, drawn([], 0)]) {
      for (const { x, y, width, height } of [...picture.cells, ...picture.legend]) {
        expect(x + width).toBeLessThanOrEqual(picture.width);
        expect(y + height).toBeLessThanOrEqual(picture.height);
      }
      const lowest = Math.max(0, ...picture.cells.map(({ y, height }) => y + height));
      expect(picture.legend[0]!.y).toBeGreaterThanOrEqual(lowest);
      // What says what the colours mean is behind the last box.
      const [words] = picture.texts.slice(-1);
      expect(words!.text).toMatch(/^few/);
      expect(words!.x).toBeGreaterThan(picture.legend.at(-1)!.x + 14);
    }
  });

  test("names the blocks that are wide enough for their name, where they start", () => {
    const block = (name: string, regions: number) =>
      Array.from({ length: regions }, (_, index) => region(name, index, [1]));
    // 4 pixels a region, 6 a letter.
    const { cells, texts } = drawn([...block("aaaaaa", 9), ...block("bbbbbb", 8)], 1);
    expect(texts.filter(({ text }) => /^[ab]+$/.test(text))).toMatchObject([
      { text: "aaaaaa", x: cells[0]!.x },
    ]);
  });

  test.each([
    [0, 16, []],
    [3, 16, [1, 2, 3]],
    [20, 16, [1, 2, 3, 4, 5]],
    [32, 10, [1, 3, 5]],
    [1000, 2, [1, 8, 15]],
  ])(
    "of %i rounds has rows of %i pixels, numbered where there is room",
    (rounds, height, first) => {
      const { cells, texts } = drawn([region("a", 0, Array(rounds).fill(1))], rounds);
      for (const cell of cells) expect(cell.height).toBe(height);
      const numbers = texts.filter(({ text }) => /^\d+$/.test(text));
      expect(numbers.slice(0, first.length).map(({ text }) => Number(text))).toEqual(first);
      for (const { y, text } of numbers) {
        const cell = cells[Number(text) - 1]!;
        expect(y).toBeGreaterThan(cell.y);
        expect(y).toBeLessThanOrEqual(cell.y + cell.height);
      }
    },
  );

  test("escapes names", () => {
    const svg = drawn([region('a<b>&"', 0, [1])], 1);
    expect(svg.cells[0]!.title).toMatch(/^a&#60;b&#62;&#38;&#34; 0x0/);
  });
});
