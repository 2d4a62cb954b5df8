import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { ItemAccount, MigrationAccount, SidePairing } from "../../../src/analysis/account.js";
import { analyze } from "../../../src/analysis/analyze.js";
import { eventTable, readItems, readRecords } from "../../support/recordings.js";
import { describeWith, sharedPath, testWith } from "../../support/tools.js";
import { madeSections, microvm, postcopyFaults } from "../made-analysis.js";
import { readFigure } from "../parsers/figure.js";
import { browserPages } from "./browser-pages.js";
import {
  type Drawing,
  type DrawnRect,
  drawingOf,
  type Scale,
  scaleOf,
  timeScale,
} from "./canvas-recorder.js";

const SIDES = ["source", "destination"] as const;
type Side = (typeof SIDES)[number];

/** Pixels by which a place may be off: the axis's lines are on whole pixels. */
const NEAR = 1.6;

/** The time of an item at a side, in nanoseconds since the start. */
function timeOf(pairing: SidePairing, begin: bigint): readonly [number, number] | undefined {
  if (pairing.status !== "paired") return undefined;
  return [Number(pairing.start - begin), Number(pairing.end - begin)];
}

/** A side's boxes: its checkpoints, its strip of events and its legend are lower. */
function boxesOf({ rects }: Drawing, color: string): DrawnRect[] {
  return rects.filter((rect) => rect.color === color && rect.height > 10);
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= NEAR;
}

/** Whether two places are near each other, or both far out of view on the same side. */
function isNearInView({ left, right }: Drawing, a: number, b: number): boolean {
  const within = (x: number) => Math.min(Math.max(x, left - 9), right + 9);
  return isNear(within(a), within(b));
}

async function colorsOf(page: Page): Promise<Readonly<Record<string, string>>> {
  const names = ["source", "destination", "wire", "shade", "line"];
  return await page.evaluate(
    `Object.fromEntries(${JSON.stringify(names)}.map((name) =>
      [name, getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim()]))`,
  );
}

/** Expects each item in view to have a box where its time is on the axis, and no other boxes. */
function expectBoxes(
  drawing: Drawing,
  analysis: MigrationAccount,
  side: Side,
  color: string,
): DrawnRect[] {
  const { toPixel } = timeScale(drawing);
  const boxes = boxesOf(drawing, color);
  const places = analysis.items.flatMap((item) => {
    const time = timeOf(item[side], analysis.begin!);
    return time ? [[toPixel(time[0]), toPixel(time[1])] as const] : [];
  });
  const isAt = ({ x, width }: DrawnRect, [left, right]: readonly [number, number]) =>
    isNearInView(drawing, x, left) && isNearInView(drawing, x + width, Math.max(right, left + 1.5));
  const inView = places.filter(
    ([left, right]) => right > drawing.left + NEAR && left < drawing.right - NEAR,
  );
  for (const place of inView) {
    const [left, right] = place;
    // Items that would share their pixels are drawn once.
    const fits =
      right - left > 3
        ? boxes.some((box) => isAt(box, place))
        : boxes.some(({ x, width }) => x - 2.5 <= left && right <= x + width + 2.5);
    expect(fits, `a box from ${left} to ${right}`).toBe(true);
  }
  for (const box of boxes)
    expect(
      places.some((place) => isAt(box, place)),
      JSON.stringify(box),
    ).toBe(true);
  return boxes;
}

/** Expects no two boxes of more than a few pixels on top of each other. */
function expectApart(boxes: readonly DrawnRect[]): void {
  const wide = boxes.filter(({ width }) => width > 3).sort((a, b) => a.x - b.x);
  for (const [index, a] of wide.entries()) {
    const after = wide.slice(index + 1).filter(({ x }) => x < a.x + a.width - 0.1);
    expect(after.filter(({ y, height }) => y < a.y + a.height && a.y < y + height)).toEqual([]);
  }
}

/** Expects an area between both sides for each item in view that was saved and loaded. */
function expectWires(drawing: Drawing, analysis: MigrationAccount, color: string): void {
  const { toPixel } = timeScale(drawing);
  const areas = drawing.paths.filter((path) => path.color === color && path.points.length === 4);
  const wires = analysis.items.flatMap(({ source, destination }) => {
    const [sent, read] = [source, destination].map((side) => timeOf(side, analysis.begin!));
    if (!sent || !read) return [];
    return [[sent[0], read[0], read[1], sent[1]].map(toPixel) as [number, number, number, number]];
  });
  const isAt = (xs: readonly number[], [a, c, d, b]: (typeof wires)[number]) =>
    [a, c, Math.max(d, c + 1.2), Math.max(b, a + 1.2)].every((x, at) =>
      isNearInView(drawing, xs[at]!, x),
    );
  const drawn = areas.map(({ points }) => points.map(([x]) => x));
  for (const [a, c, d, b] of wires) {
    if (Math.max(b, d) < drawing.left + NEAR || Math.min(a, c) > drawing.right - NEAR) continue;
    const fits =
      b - a > 3 || d - c > 3
        ? drawn.some((xs) => isAt(xs, [a, c, d, b]))
        : drawn.some((xs) => Math.abs(xs[0]! - a) < 3 && Math.abs(xs[1]! - c) < 3);
    expect(fits, `an area from ${a} to ${c}`).toBe(true);
  }
  for (const xs of drawn) expect(wires.some((wire) => isAt(xs, wire))).toBe(true);
}

/** Expects the phases, the checkpoints and the downtime where their times are. */
function expectMarks(
  drawing: Drawing,
  { phases, downtime, begin }: MigrationAccount,
  colors: Readonly<Record<string, string>>,
): void {
  const { toPixel } = timeScale(drawing);
  const at = (time: bigint) => toPixel(Number(time - begin!));
  const [shade] = drawing.rects.filter(({ color }) => color === colors.shade);
  expect(isNearInView(drawing, shade!.x, at(downtime.stopped!))).toBe(true);
  const end = shade!.x + shade!.width;
  expect(isNearInView(drawing, end, at(downtime.running!))).toBe(true);
  for (const side of SIDES) {
    const drawn = drawing.rects
      .filter(({ color, height, width }) => color === colors[side] && height === 6 && width < 2)
      .map(({ x, width }) => x + width / 2);
    const expected = downtime.checkpoints.flatMap((mark) =>
      mark.side === side ? [at(mark.at)] : [],
    );
    expect(drawn).toHaveLength(expected.length);
    for (const [index, x] of expected.entries())
      expect(isNearInView(drawing, drawn[index]!, x)).toBe(true);
  }
  const bars = drawing.rects.filter(({ color, height }) => color === colors.line && height > 20);
  const shown = phases
    .map(({ start, end }) => [
      Math.max(at(start), drawing.left - 1),
      Math.min(at(end), drawing.right + 1),
    ])
    .filter(([left, right]) => right! > drawing.left && left! < drawing.right);
  expect(bars).toHaveLength(shown.length);
  for (const [index, [left, right]] of shown.entries()) {
    const { x, width } = bars[index]!;
    expect(Math.abs(x - left!)).toBeLessThan(2.5);
    // A pixel is left between two phases.
    expect(Math.abs(x + width + 1 - Math.max(right!, left! + 2))).toBeLessThan(2.5);
  }
}

/** The scale of bytes, by the labels left of it, or at its left edge where the page is narrow. */
function byteScale(drawing: Drawing): Scale {
  const labels = drawing.texts.flatMap(({ text, x, y }): [number, number][] =>
    x < drawing.left + 10 && /^[\d.]+ (?:[KMGT]i)?B$/.test(text)
      ? [[readFigure(text).value, y]]
      : [],
  );
  return scaleOf(labels);
}

/** Expects the line of bytes read through each item's ends, where times and bytes are on both scales. */
function expectBytesRead(drawing: Drawing, analysis: MigrationAccount, color: string): void {
  const { toPixel } = timeScale(drawing);
  const bytes = byteScale(drawing);
  const line = drawing.paths.filter((path) => path.color === color).at(-1)!;
  let checked = 0;
  for (const { item, destination } of analysis.items) {
    const time = timeOf(destination, analysis.begin!);
    if (!time) continue;
    for (const [at, count] of [
      [time[0], item.offset],
      [time[1], item.offset + item.size],
    ] as const) {
      const [x, y] = [toPixel(at), bytes.toPixel(count)];
      if (x < drawing.left || x > drawing.right) continue;
      checked++;
      expect(
        line.points.some((point) => isNear(point[0], x) && Math.abs(point[1] - y) < 2.5),
        `a point at ${x}, ${y}`,
      ).toBe(true);
    }
  }
  expect(checked).toBeGreaterThan(0);
}

/** Chooses an interval by dragging over it with Shift held; then it is all that is in view. */
async function showInterval(page: Page, from: number, to: number): Promise<Drawing> {
  const { toPixel } = timeScale(await drawingOf(page));
  const box = await canvasBox(page);
  await page.keyboard.down("Shift");
  await page.mouse.move(box.x + toPixel(from), box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + (toPixel(from) + toPixel(to)) / 2, box.y + 60);
  await page.mouse.move(box.x + toPixel(to), box.y + 60);
  await page.mouse.up();
  await page.keyboard.up("Shift");
  return await drawingOf(page);
}

/** Zooms to an interval in as many steps as it takes to draw it over. */
async function zoomTo(page: Page, from: number, to: number): Promise<Drawing> {
  await page.click('[data-zoom="all"]');
  for (let drawing = await drawingOf(page); ; drawing = await drawingOf(page)) {
    const { toValue } = timeScale(drawing);
    const span = toValue(drawing.right) - toValue(drawing.left);
    if (to - from > span / 40) return await showInterval(page, from, to);
    const middle = (from + to) / 2;
    await showInterval(page, middle - span / 40, middle + span / 40);
  }
}

async function canvasBox(page: Page) {
  await page.locator("#canvas").scrollIntoViewIfNeeded();
  return (await page.locator("#canvas").boundingBox())!;
}

async function clickAt(page: Page, x: number, y: number): Promise<void> {
  const box = await canvasBox(page);
  await page.mouse.click(box.x + x, box.y + y);
}

/** The index of the item whose row the table marks. */
async function selectedItem(page: Page): Promise<number | undefined> {
  const marked = page.locator("#item-table tr[aria-current]");
  if ((await marked.count()) === 0) return undefined;
  return Number(await marked.getAttribute("data-item"));
}

async function precopy(): Promise<MigrationAccount> {
  const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
  const dir = (file: string) => sharedPath("recordings", "q35-precopy", file);
  return analyze({
    items: await readItems(dir("channel0.bin")),
    source: readRecords(dir("source.simpletrace"), events),
    destination: readRecords(dir("destination.simpletrace"), events),
  });
}

describeWith(["chromium"], "the time line", (tool) => {
  const { open, complaints } = browserPages(tool.chromium);

  /** Expects everything that is drawn now where it belongs. */
  async function expectDrawn(page: Page, analysis: MigrationAccount): Promise<Drawing> {
    const [drawing, colors] = [await drawingOf(page), await colorsOf(page)];
    for (const side of SIDES) expectApart(expectBoxes(drawing, analysis, side, colors[side]!));
    expectWires(drawing, analysis, colors.wire!);
    expectMarks(drawing, analysis, colors);
    return drawing;
  }

  /** Expects it at all zooms that buttons and keys lead to. */
  async function expectAtEachZoom(page: Page, analysis: MigrationAccount): Promise<void> {
    const whole = await expectDrawn(page, analysis);
    const colors = await colorsOf(page);
    // At first everything is in view.
    for (const side of SIDES) {
      for (const { x, width } of boxesOf(whole, colors[side]!)) {
        expect(x).toBeGreaterThanOrEqual(whole.left);
        expect(x + width).toBeLessThanOrEqual(whole.right);
      }
    }
    expectBytesRead(whole, analysis, colors.destination!);
    const span = (drawing: Drawing) => {
      const { toValue } = timeScale(drawing);
      return [toValue(drawing.left), toValue(drawing.right)] as const;
    };
    const length = ([start, end]: readonly [number, number]) => end - start;
    await page.click('[data-zoom="downtime"]');
    const still = await expectDrawn(page, analysis);
    expectBytesRead(still, analysis, colors.destination!);
    const { stopped, running } = analysis.downtime;
    const [from, to] = [stopped!, running!].map((time) => Number(time - analysis.begin!)) as [
      number,
      number,
    ];
    // The downtime with 8 % of it on either side, if there is so much.
    const shown = Math.min(1.16 * (to - from), length(span(whole)));
    expect(length(span(still)) / shown).toBeCloseTo(1, 1);
    expect(span(still)[0]).toBeLessThan(from);
    expect(span(still)[1]).toBeGreaterThan(to);
    await page.click('[data-zoom="in"]');
    const closer = await expectDrawn(page, analysis);
    expect(length(span(still)) / length(span(closer))).toBeCloseTo(2, 1);
    await page.locator("#canvas").focus();
    await page.keyboard.press("ArrowRight");
    const moved = await expectDrawn(page, analysis);
    expect((span(moved)[0] - span(closer)[0]) / length(span(closer))).toBeCloseTo(0.2, 1);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("-");
    await expectDrawn(page, analysis);
    await page.keyboard.press("0");
    const again = await expectDrawn(page, analysis);
    expect(timeScale(again).toPixel(0)).toBeCloseTo(timeScale(whole).toPixel(0), 6);
  }

  test("has bars where their times are, at each zoom", async () => {
    await expectAtEachZoom(await open(microvm), microvm);
    // The lanes' names are over them here.
    const narrow = await open(microvm, 670);
    expect((await drawingOf(narrow)).left).toBeLessThan(50);
    await expectAtEachZoom(narrow, microvm);
    expect(complaints).toEqual([]);
  });

  testWith(["shared"], "has those of a recording over TCP", async () => {
    const analysis = await precopy();
    await expectAtEachZoom(await open(analysis), analysis);
  });

  test("draws items of all lengths once, however many there are", async () => {
    const items = madeSections(400, microvm.downtime.stopped!);
    const analysis = { ...microvm, items };
    const page = await open(analysis);
    await expectDrawn(page, analysis);
    const [first, last] = [items[100]!, items[140]!].map(
      (item) => timeOf(item.source, microvm.begin!)!,
    );
    const before = timeScale(await drawingOf(page)).toPixel;
    const drawing = await showInterval(page, first![0], last![1]);
    await expectDrawn(page, analysis);
    // A pixel of what was dragged over is several now.
    const { toPixel } = timeScale(drawing);
    const zoom = (drawing.right - drawing.left) / (before(last![1]) - before(first![0]));
    expect(Math.abs(toPixel(first![0]) - drawing.left)).toBeLessThan(NEAR * zoom);
    expect(Math.abs(toPixel(last![1]) - drawing.right)).toBeLessThan(NEAR * zoom);
  });

  describe("a click", () => {
    test.each(["cpu FULL", "globalstate FULL"])(
      "selects %s where it was saved and loaded, and not beside it",
      async (label) => {
        const page = await open(microvm);
        const index = microvm.items.findIndex((item) => item.label === label);
        const colors = await colorsOf(page);
        for (const side of SIDES) {
          const [start, end] = timeOf(microvm.items[index]![side], microvm.begin!)!;
          const took = end - start;
          /** Selects what is at a time in the row of the item's box; zooming forgets what was selected. */
          const selectAt = async (time: number) => {
            await page.locator("#canvas").press("Escape");
            const drawing = await zoomTo(page, start - took, end + took);
            const { toPixel } = timeScale(drawing);
            const box = boxesOf(drawing, colors[side]!).find(
              ({ x, width }) => isNear(x, toPixel(start)) && isNear(x + width, toPixel(end)),
            )!;
            await clickAt(page, toPixel(time), box.y + box.height / 2);
            return await selectedItem(page);
          };
          for (const share of [0.02, 0.98]) {
            expect(await selectAt(start + share * took)).toBe(index);
            expect(await page.locator("#live").textContent()).toBe(label);
          }
          // What is before it and after it is another item, or none.
          for (const at of [start - 0.9 * took, end + 0.9 * took]) {
            const expected = microvm.items.findIndex((item) => {
              const time = timeOf(item[side], microvm.begin!);
              return time && time[0] <= at && at <= time[1];
            });
            expect((await selectAt(at)) ?? -1).toBe(expected);
          }
        }
      },
    );

    test("selects an item within five pixels of it, and forgets it beyond", async () => {
      const [item] = madeSections(1, microvm.downtime.stopped!);
      const page = await open({ ...microvm, items: [item!] });
      const [start, end] = timeOf(item!.source, microvm.begin!)!;
      const { toPixel } = timeScale(await drawingOf(page));
      const [box] = boxesOf(await drawingOf(page), (await colorsOf(page)).source!);
      const middle = box!.y + box!.height / 2;
      for (const [x, expected] of [
        [toPixel(start) - 3, 0],
        [toPixel(start) - 8, undefined],
        [toPixel(end) + 3, 0],
        [toPixel(end) + 8, undefined],
      ] as const) {
        await clickAt(page, x, middle);
        expect(await selectedItem(page)).toBe(expected);
      }
    });

    test("selects an item on its way, where it was sent and where it is not read yet", async () => {
      const page = await open(microvm);
      const index = microvm.items.findIndex(({ label }) => label === "ram PART");
      const { source, destination } = microvm.items[index]!;
      const [sent, read] = [source, destination].map((side) => timeOf(side, microvm.begin!)!);
      const drawing = await drawingOf(page);
      const { toPixel } = timeScale(drawing);
      const colors = await colorsOf(page);
      const area = drawing.paths.find(
        ({ color, points }) =>
          color === colors.wire && isNear(points[0]![0], toPixel(sent![0])) && points.length === 4,
      )!;
      const [top, bottom] = [area.points[0]![1], area.points[1]![1]];
      const middle = (toPixel((sent![0] + sent![1]) / 2) + toPixel((read![0] + read![1]) / 2)) / 2;
      await clickAt(page, middle, (top + bottom) / 2);
      expect(await selectedItem(page)).toBe(index);
      // A quarter of the way down, the area has bent 5/32 of the way across.
      await page.keyboard.press("Escape");
      const at = toPixel(sent![0]) + (5 / 32) * (toPixel(read![0]) - toPixel(sent![0]));
      await clickAt(page, at + 8, top + (bottom - top) / 4);
      expect(await selectedItem(page)).toBe(index);
      // Three quarters down, all are farther.
      await page.keyboard.press("Escape");
      await clickAt(page, at + 8, top + ((bottom - top) * 3) / 4);
      expect(await selectedItem(page)).toBeUndefined();
    });

    test("selects one of many items at once, also of those that share the last row", async () => {
      const begin = microvm.begin!;
      const made = madeSections(9, begin);
      const at = (start: number, end: number): SidePairing => ({
        ...{ status: "paired", how: "" },
        ...{ start: begin + BigInt(start), end: begin + BigInt(end) },
      });
      // Nine that overlap: the first is the longest, and the last ones end before the next starts.
      const items = made.map((item, index): ItemAccount => {
        const start = 1_000_000 * (index + 1);
        const source =
          index < 6
            ? at(start, 100_000_000)
            : at(20_000_000 * (index - 5), 20_000_000 * (index - 5) + 15_000_000);
        return { ...item, source, destination: { status: "missing" } };
      });
      const page = await open({ ...microvm, items });
      const { toPixel } = timeScale(await drawingOf(page));
      const boxes = boxesOf(await drawingOf(page), (await colorsOf(page)).source!);
      const lowest = Math.max(...boxes.map(({ y }) => y));
      expect(new Set(boxes.map(({ y }) => y)).size).toBe(6);
      for (const [index, item] of items.entries()) {
        const [start, end] = timeOf(item.source, begin)!;
        const box = boxes.find(
          ({ x, width }) => isNear(x, toPixel(start)) && isNear(x + width, toPixel(end)),
        )!;
        if (index >= 6) expect(box.y).toBe(lowest);
        await page.keyboard.press("Escape");
        const place = index === 5 ? start + 2_000_000 : (start + end) / 2;
        await clickAt(page, toPixel(place), box.y + box.height / 2);
        // In the row that several share, the one that starts first is found first.
        expect(await selectedItem(page)).toBe(index < 6 ? index : 5);
      }
    });
  });

  test("zooms with the wheel to what is under the pointer", async () => {
    const page = await open(microvm);
    const before = timeScale(await drawingOf(page));
    const time = 120_000_000;
    const box = await canvasBox(page);
    await page.mouse.move(box.x + before.toPixel(time), box.y + 60);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -100);
    await page.keyboard.up("Control");
    const pixelsPerTime = ({ toPixel }: Scale) => toPixel(1) - toPixel(0);
    const after = timeScale(await drawingOf(page));
    expect(pixelsPerTime(after)).toBeGreaterThan(2 * pixelsPerTime(before));
    expect(Math.abs(after.toPixel(time) - before.toPixel(time))).toBeLessThan(2 * NEAR);
  });

  test("sorts the table by a column, what is unknown last in both directions", async () => {
    const page = await open(microvm);
    const timed = microvm.items.flatMap(({ source }, index) =>
      source.status === "paired" ? [[index, Number(source.end - source.start)] as const] : [],
    );
    const untimed = microvm.items.flatMap(({ source }, index) =>
      source.status === "paired" ? [] : [index],
    );
    const order = async () =>
      (await page
        .locator("#item-table tr[data-item]")
        .evaluateAll((rows) =>
          rows.map((row) => Number((row as HTMLElement).dataset.item)),
        )) as number[];
    const took = page.locator("#item-table thead button", { hasText: "Took" }).first();
    await took.click();
    const rising = [...timed].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([index]) => index);
    expect(await order()).toEqual([...rising, ...untimed]);
    await took.click();
    const falling = [...timed].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([index]) => index);
    expect(await order()).toEqual([...falling, ...untimed]);
  });

  describe("the faults of a postcopy", () => {
    const analysis = postcopyFaults();
    const { requests } = analysis.postcopy!;
    const waits = requests.flatMap(({ faulted, arrived, block, offset }) =>
      faulted === undefined || arrived === undefined
        ? []
        : [{ name: `${block} 0x${offset.toString(16)}`, faulted, took: Number(arrived - faulted) }],
    );
    const longest = [...waits].sort((a, b) => b.took - a.took);
    /** Where a side's first item of the page's data is: times of the destination count from it. */
    const origin = async (page: Page) =>
      Number(longest[0]!.faulted) -
      (await page.evaluate<number>(`{
        const { faults } = JSON.parse(document.getElementById("data").textContent);
        let time = 0;
        const starts = faults.starts.map((step) => (time += step));
        starts[faults.durations.indexOf(Math.max(...faults.durations))];
      }`));

    test("are as long as the waits, and the higher the longer", async () => {
      const page = await open(analysis);
      const drawing = await drawingOf(page);
      const since = await origin(page);
      const { toPixel } = timeScale(drawing);
      const color = (await colorsOf(page)).destination;
      const bars = drawing.rects.filter((rect) => rect.color === color && isNear(rect.height, 3));
      expect(bars).toHaveLength(waits.length);
      const labels = drawing.texts.flatMap(({ text, x, y }): [number, number][] =>
        x < drawing.left && /^\d+ (µs|ms|s)$/.test(text)
          ? [[Math.log10(readFigure(text).value), y]]
          : [],
      );
      const heights = scaleOf(labels);
      const ordered = [...waits].sort((a, b) => Number(a.faulted - b.faulted));
      for (const [index, { faulted, took }] of ordered.entries()) {
        const { x, y, width, height } = bars[index]!;
        const start = Number(faulted) - since;
        expect(isNear(x, toPixel(start))).toBe(true);
        expect(isNear(x + width, Math.max(toPixel(start) + 2, toPixel(start + took)))).toBe(true);
        const wanted = heights.toPixel(Math.log10(Math.max(took, 10_000)));
        expect(Math.abs(y + height / 2 - wanted)).toBeLessThan(1);
      }
    });

    test("are told at the place of their bar", async () => {
      const page = await open(analysis);
      const since = await origin(page);
      for (const { name, faulted, took } of [longest[0]!, longest[9]!, longest.at(-9)!]) {
        const start = Number(faulted) - since;
        const drawing = await zoomTo(page, start - took, start + 2 * took);
        const { toPixel } = timeScale(drawing);
        const color = (await colorsOf(page)).destination;
        const bar = drawing.rects.find(
          ({ x, width, height, color: of }) =>
            of === color &&
            isNear(height, 3) &&
            isNear(x, toPixel(start)) &&
            isNear(x + width, toPixel(start + took)),
        )!;
        const box = await canvasBox(page);
        await page.mouse.move(box.x + toPixel(start + took / 2), box.y + bar.y + 1);
        const told = await page.locator("#tooltip").textContent();
        const words = new RegExp(
          `^${name.replace(".", "\\.")}waited ([\\d.]+ \\S?s)from ([\\d.]+) ms$`,
        );
        const [, waited, from] = words.exec(told!)!;
        const figure = readFigure(waited!);
        expect(Math.abs(figure.value - took)).toBeLessThanOrEqual(figure.precision);
        expect(Math.abs(Number(from) * 1e6 - start)).toBeLessThanOrEqual(500);
        await page.mouse.move(box.x + toPixel(start - 0.9 * took), box.y + bar.y + 1);
        const beside = page.locator("#tooltip");
        if (await beside.isVisible()) expect(await beside.textContent()).not.toMatch(words);
      }
    });
  });
});
