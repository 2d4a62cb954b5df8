import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { MigrationAccount } from "../../../src/analysis/account.js";
import { analyze } from "../../../src/analysis/analyze.js";
import { htmlReport } from "../../../src/report/html/html-report.js";
import { eventTable, readItems, readLog, readRecords } from "../../support/recordings.js";
import { describeWith, sharedPath, testWith } from "../../support/tools.js";
import { microvm, postcopyFaults } from "../made-analysis.js";
import { browserPages } from "./browser-pages.js";
import { drawingOf } from "./canvas-recorder.js";

describeWith(["chromium"], "the page in a browser", (tool) => {
  const { open, complaints, requests } = browserPages(tool.chromium);

  test("complains of nothing", async () => {
    await open(microvm);
    expect(complaints).toEqual([]);
  });

  test("asks nothing of any host", async () => {
    await open(microvm);
    expect(requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
  });

  test("shows an item's bytes and events when its row is clicked", async () => {
    const page = await open(microvm);
    await page.fill("#search", "cpu FULL");
    await page.click("#item-table tbody tr[data-item]");
    const details = await page.locator("#details").textContent();
    expect(details).toContain("cpu FULL");
    expect(details).toContain("0x2e3f8");
    expect(details).toContain("savevm_section_start, savevm_section_end");
  });

  test("keys go from item to item, zoom, and show all again", async () => {
    const page = await open(microvm);
    /** The labels of the axis of time. */
    const view = async () => {
      const { texts } = await drawingOf(page);
      return texts.filter(({ text }) => text.endsWith(" ms"));
    };
    await page.locator("#canvas").focus();
    const whole = await view();
    await page.keyboard.press("n");
    await expect.poll(() => selected(page)).toBeDefined();
    await page.keyboard.press("+");
    await expect.poll(view).not.toEqual(whole);
    await page.keyboard.press("0");
    await expect.poll(view).toEqual(whole);
  });

  test("goes dark and light again", async () => {
    const page = await open(microvm);
    const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const before = await background();
    await page.click("#theme");
    await expect.poll(background).not.toBe(before);
    await page.click("#theme");
    await expect.poll(background).toBe(before);
  });

  test("does not overflow a small screen", async () => {
    const page = await open(microvm, 420);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(420);
  });

  test("shows which pages the guest waited for longest", async () => {
    const page = await open(postcopyFaults());
    const section = (await page.locator("#postcopy").textContent())!;
    expect(section).toContain("124 asked of the source");
    expect(section).toContain("pc.ram 0x94b000");
    expect(complaints).toEqual([]);
  });

  test("tells on top why the inputs do not belong together", async () => {
    const page = await open({ ...microvm, problems: ["these are of two runs"] });
    expect(await page.locator(".problems").textContent()).toBe("these are of two runs");
  });

  test("prints names and columns' titles, and no buttons", async () => {
    const page = await open(microvm);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".tools").first().isVisible()).toBe(false);
    expect(await page.locator("#item-table thead").textContent()).toContain("Loaded at");
    expect(await page.locator("#item-table thead button").first().isVisible()).toBe(true);
  });

  const wide = [
    ["q35-postcopy", "recordings", "channel0.bin", "simpletrace", "qemu-10.2.2"],
    ["q35-precopy", "recordings", "channel0.bin", "simpletrace", "qemu-10.2.2"],
    ["virt-aarch64-file", "recordings", "stream.bin", "log", "qemu-10.0.2"],
    ["postcopy", "recordings-11", "channel0.bin", "log", "qemu-11.1.3"],
  ] as const;
  for (const [name, group, stream, trace, qemu] of wide) {
    testWith(
      ["shared"],
      `${name}: bars stay in their lanes, and the page in its width`,
      async () => {
        const events = eventTable(sharedPath("corpus", qemu, "trace-events-all"));
        const dir = (file: string) => sharedPath(group, name, file);
        const read = trace === "log" ? readLog : readRecords;
        const account = analyze({
          items: await readItems(dir(stream)),
          source: read(dir(`source.${trace}`), events),
          destination: read(dir(`destination.${trace}`), events),
        });
        const page = await open(account);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
          1400,
        );
        const bars = await page.evaluate<LaneBar[]>(barsOfLanes);
        expect(bars.length).toBeGreaterThan(50);
        expect(bars.filter(({ bar, lane }) => bar[0] < lane[0] - 0.5)).toEqual([]);
        expect(bars.filter(({ bar, lane }) => bar[1] > lane[1] + 0.5)).toEqual([]);
        expect(bars.filter(({ bar }) => bar[1] - bar[0] < 1.5)).toEqual([]);
        const cut = bars.filter(({ classes }) => classes.includes("cut-"));
        const text = await page.locator("#downtime").textContent();
        expect(text?.includes("An arrow marks")).toBe(cut.length > 0);
        if (name.includes("postcopy")) expect(cut.length).toBeGreaterThan(0);
      },
    );
  }

  testWith(["shared"], "stands precopy and postcopy over TCP", async () => {
    const events = eventTable(sharedPath("corpus", "qemu-10.2.2", "trace-events-all"));
    for (const name of ["q35-precopy", "q35-postcopy"]) {
      const dir = (file: string) => sharedPath("recordings", name, file);
      const page = await open(
        analyze({
          items: await readItems(dir("channel0.bin")),
          source: readRecords(dir("source.simpletrace"), events),
          destination: readRecords(dir("destination.simpletrace"), events),
        }),
      );
      await page.fill("#search", "virtio-rng");
      await page.click("#item-table tbody tr[data-item]");
      const details = await page.locator("#details").textContent();
      expect(details).toContain("0000:00:01.0/virtio-rng FULL");
      expect(details).toMatch(/Source.*took.*Destination.*took/);
      await page.locator("#canvas").focus();
      await page.keyboard.press("n");
      await expect.poll(() => selected(page)).toBe("0000:00:02.0/xhci FULL");
    }
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
  });
});

/** A bar's left and right edge in the page, those of its lane, and its classes. */
interface LaneBar {
  readonly bar: readonly [number, number];
  readonly lane: readonly [number, number];
  readonly classes: string;
}

const barsOfLanes = `[...document.querySelectorAll(".waterfall .lane i")].map((bar) => {
  const edges = (element) => [element.getBoundingClientRect().left, element.getBoundingClientRect().right];
  return { bar: edges(bar), lane: edges(bar.parentElement), classes: bar.className };
})`;

/** The label of the selected item, as the page tells it to screen readers. */
async function selected(page: Page): Promise<string | undefined> {
  const text = await page.locator("#live").textContent();
  return !text || text === "Nothing selected" ? undefined : text;
}

test("names from a stream are text on the page, never markup", async () => {
  const evil = "</script><img src=x onerror=alert(1)>";
  const items = microvm.items.map((item) => ({ ...item, label: evil }));
  const page = htmlReport({ ...microvm, machine: evil, items });
  expect(page).not.toContain("<img");
  expect(page.match(/<\/script>/g)).toHaveLength(2);
});

test("a cut bar's figure is its complete duration", () => {
  const item = {
    item: { type: "section-part", size: 1, offset: 0, dataOffset: 0, dataSize: 1, depth: 0 },
    label: "ram PART",
  };
  const [stopped, running] = [1_000_000_000n, 1_010_000_000n];
  const paired = { status: "paired", how: "" } as const;
  const account = {
    ...empty,
    downtime: { ...empty.downtime, stopped, running, guest: running - stopped },
    items: [
      {
        ...item,
        source: { ...paired, start: stopped - 30_000_000n, end: stopped + 5_000_000n },
        destination: { ...paired, start: running - 1_000_000n, end: running + 70_000_000n },
      },
    ],
  } as unknown as MigrationAccount;
  const page = htmlReport(account);
  expect(page).toContain('<i class="source cut-start" style="--left:0.000%;width:50.000%">');
  expect(page).toContain('<i class="destination cut-end" style="--left:90.000%;width:10.000%">');
  expect(page).toContain('<td class="n">35.000 ms</td><td class="n">71.000 ms</td>');
});

test("a downtime that is unknown says why", () => {
  const side = { expected: 0, paired: 0, strays: [] };
  const said = (given: object) => {
    const downtime = { ...empty.downtime, ...given };
    const page = htmlReport({ ...empty, source: side, destination: side, downtime });
    return /<div class="hero">.*?<p>(.*?)<\/p>/s.exec(page.replace(/<p class.*?<\/p>/g, ""))?.[1];
  };
  expect(said({ stopped: 1n })).toContain("destination&#39;s trace shows when the guest ran");
  expect(said({ running: 1n })).toContain("source&#39;s trace shows when the guest stopped");
  expect(said({})).toContain("no vm_state_notify and no downtime checkpoint");
  expect(said({ stopped: 1n, running: 2n })).toContain("cannot be compared");
});

const empty = analyze({});
