import { expect, test } from "vitest";
import type { MigrationAccount } from "../../../src/analysis/account.js";
import { analyze } from "../../../src/analysis/analyze.js";
import type { EventTable } from "../../../src/model/event-table.js";
import { htmlReport } from "../../../src/report/html/html-report.js";
import { textReport } from "../../../src/report/text.js";
import { formatMilliseconds } from "../../../src/report/units.js";
import type { EventRecord } from "../../../src/traces/record.js";
import { timeIn } from "../../support/log-times.js";
import { eventTable, readBytes, readItems, readTrace } from "../../support/recordings.js";
import { describeWith, sharedPath } from "../../support/tools.js";
import { browserPages } from "./browser-pages.js";

/** Inputs that leave figures unknown, or that failed. */
const CASES = {
  untimed: ["untimed-real.source.log", "untimed-real.destination.log"],
  noReturnPath: ["no-return-path.source.log.gz", "no-return-path.destination.log.gz"],
  failedLoad: ["failed-at-destination.source.log", "failed-at-destination.destination.log"],
  downtimeEvents: ["downtime-events-only.source.log", "downtime-events-only.destination.log"],
  otherMigration: ["other-migration.source.log.gz", "other-migration.destination.log"],
} as const;

const casePath = (name: string) => sharedPath("cases", "analysis", name);
const old = () => eventTable(sharedPath("corpus", "qemu-10.0.2", "trace-events-all"));
const recent = () => eventTable(sharedPath("corpus", "qemu-11.1.3", "trace-events-all"));

function sides(source: string, destination: string | undefined, events: EventTable) {
  const sent = readTrace(source, events);
  const loaded = destination === undefined ? undefined : readTrace(destination, events);
  return {
    ...{ source: sent.records, sourceMessages: sent.messages },
    ...(loaded && { destination: loaded.records, destinationMessages: loaded.messages }),
  };
}

const ofCase = (name: keyof typeof CASES, events: EventTable) =>
  sides(casePath(CASES[name][0]), casePath(CASES[name][1]), events);

const recording = (name: string, file: string) => sharedPath("recordings-11", name, file);

function ofRecording(name: string, events: EventTable) {
  return sides(recording(name, "source.log"), recording(name, "destination.log"), events);
}

/** A page's text as its reader sees it, without markup. */
function textOf(page: string, id: string): string {
  const from = page.indexOf(`<section id="${id}"`);
  if (from < 0) return "";
  const section = page.slice(from, page.indexOf("</section>", from));
  return section.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}

function listOf(records: readonly EventRecord[]) {
  return {
    count: records.length,
    at: (index: number) => records[index]!.timestamp,
    name: (index: number) => records[index]!.name,
    text: (index: number) => records[index]!.values.join(" "),
  };
}

describeWith(["shared"], "a page", () => {
  const text = (name: string) => Buffer.from(readBytes(name)).toString();
  const noReturnPath = analyze(ofCase("noReturnPath", old()));

  test("states no downtime without a lower bound, but each side's own part", () => {
    const page = htmlReport(noReturnPath);
    const hero = page.slice(page.indexOf('<div class="hero">'), page.indexOf('<dl class="facts">'));
    expect(hero).toContain('<p class="big none">unknown</p>');
    expect(hero).toContain("at least 93.738 ms");
    const [source, destination] = CASES.noReturnPath.map((name) => text(casePath(name)));
    const first = timeIn(destination!, /loadvm_process_command com=SWITCHOVER_START/);
    const run = timeIn(destination!, /vm_state_notify running 1/);
    expect(hero).toContain(`<dt>${formatMilliseconds(run - first).replace(/\.\d+$/, ".")}`);
    const start = timeIn(source!, /src-downtime-start/);
    const end = timeIn(source!, /src-downtime-end/);
    expect(hero).toContain(`<dt>${formatMilliseconds(end - start)} ms</dt>`);
  });

  test("draws each side on its own scale where the clocks cannot be compared", () => {
    const section = textOf(htmlReport(noReturnPath), "downtime");
    expect(section).toContain("shown separately, as their clocks cannot be compared");
    expect(section).toMatch(/dst-precopy-loadvm-completed – dst-precopy-bh-enter/);
    expect(section).toContain("Section by section, at the destination");
    expect(htmlReport(noReturnPath)).toContain("the offset from the source’s clock is unknown");
    expect(htmlReport(noReturnPath)).not.toContain('class="down"');
  });

  test("counts the destination's times from its first sign of life where no item is known", () => {
    const account = analyze(ofCase("downtimeEvents", old()));
    expect(textReport(account)).toMatch(/^ *0\.000\* +dst-precopy-loadvm-completed$/m);
    expect(textReport(account)).not.toMatch(/\d{7}\.\d{3}/);
  });

  test("hatches the one row that crosses the sides, and states its range", async () => {
    const items = await readItems(recording("postcopy", "channel0.bin"));
    const account = analyze({ ...ofRecording("postcopy", recent()), items });
    const crossing = account.downtime.path.filter(({ bounds }) => bounds);
    expect(crossing).toHaveLength(1);
    const { start, end, bounds } = crossing[0]!;
    const page = htmlReport(account);
    expect(page.match(/<i class="wire uncertain/g)).toHaveLength(1);
    const [lower, upper] = [bounds!.lower!, bounds!.upper!].map(formatMilliseconds);
    expect(page).toContain(
      `~${formatMilliseconds(end - start)} ms<small>${lower} to ${upper} ms</small>`,
    );
  });

  test("lists a separate load separately", async () => {
    const items = await readItems(recording("snapshot", "stream.bin"));
    const account = analyze({ ...ofRecording("snapshot", recent()), items });
    const page = htmlReport(account);
    expect(page).toMatch(/class="big" title="84\d\.\d{3} ms">84\d<span/);
    expect(page).toContain("at the destination, which loaded the stream later");
    expect(textOf(page, "downtime")).toContain("the load is not part of the downtime");
  });

  test("of a migration that failed leads with where and why, and marks the item", async () => {
    const items = await readItems(recording("failed", "channel0.bin"), { cut: true });
    const account = analyze({ ...ofRecording("failed", recent()), items });
    const page = htmlReport(account);
    expect(page.indexOf('class="failure"')).toBeLessThan(page.indexOf('class="hero"'));
    expect(page).toContain("Failed at the destination, at ram START, byte 0x26");
    expect(page).toContain("Size mismatch: pc.ram: 0x2000000 != 0x4000000: Invalid argument");
    expect(textReport(account)).toMatch(/ram START .*failed here$/m);
    expect(textReport(account).match(/failed here/g)).toHaveLength(1);
    const load = analyze(ofCase("failedLoad", old()));
    expect(textOf(htmlReport(load), "unpaired")).toContain(
      "0000:00:10.1/pvrdma FULL: no event at the source; the migration failed here",
    );
  });

  test("lists all attempts of a log, and which of them it shows", async () => {
    const log = text(casePath("fourteen-attempts.source.log.gz"));
    const account = analyze({
      ...sides(casePath("fourteen-attempts.source.log.gz"), undefined, old()),
      items: await readItems(casePath("fourteen-attempts.third.stream.gz")),
    });
    const page = htmlReport(account);
    const rows = page
      .slice(page.indexOf('id="attempts"'))
      .split("</section>")[0]!
      .match(/<tr.*?<\/tr>/gs)!;
    expect(rows).toHaveLength(1 + 14);
    expect(rows.filter((row) => row.includes("shown here"))).toEqual([rows[3]]);
    const setups = [...log.matchAll(/new state setup/g)];
    expect(setups).toHaveLength(14);
    expect(htmlReport(noReturnPath)).not.toContain('id="attempts"');
  });

  test("says nothing of bytes that no input shows", () => {
    const account = analyze(ofCase("untimed", old()));
    expect(textOf(htmlReport(account), "rounds")).not.toContain("0 B");
    expect(textReport(account)).not.toContain("0 B");
  });
});

describeWith(["chromium", "shared"], "the page in a browser", ({ chromium }) => {
  const { open, complaints } = browserPages(chromium);

  const accounts: Record<string, () => Promise<MigrationAccount> | MigrationAccount> = {
    untimed: () => analyze(ofCase("untimed", old())),
    "no-return-path": () => analyze(ofCase("noReturnPath", old())),
    "other-migration": () => analyze(ofCase("otherMigration", old())),
    failed: async () =>
      analyze({
        ...ofRecording("failed", recent()),
        items: await readItems(recording("failed", "channel0.bin"), { cut: true }),
      }),
    snapshot: async () =>
      analyze({
        ...ofRecording("snapshot", recent()),
        items: await readItems(recording("snapshot", "stream.bin")),
      }),
  };
  test.each(Object.keys(accounts))(
    "of %s fits its cards, and has no broken figure",
    async (name) => {
      const account = await accounts[name]!();
      for (const width of [1400, 390]) {
        const page = await open(account, width);
        expect(await page.evaluate(runningOut)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        expect(await page.evaluate(brokenFigures)).toEqual([]);
      }
      expect(complaints).toEqual([]);
    },
  );

  test("items without timestamps are matched, and have no time", async () => {
    const input = ofCase("untimed", old());
    const evidence = { source: listOf(input.source), destination: listOf(input.destination!) };
    const page = await open(analyze(input), 1400, evidence);
    expect(await page.locator("#canvas").isVisible()).toBe(false);
    expect(await page.locator(".unsure").textContent()).toContain("No trace has timestamps");
    await page.fill("#search", "cpu FULL");
    const cells = page.locator("#item-table tbody tr[data-item] td");
    expect(await cells.allTextContents()).toEqual(["–", "", "–", ""]);
    await page.click("#item-table tbody tr[data-item]");
    const details = await page.locator("#details").textContent();
    expect(details).toContain("unknown: the trace has no timestamps");
    expect(details).toContain("paired by");
  });

  test("the destination's times are by its own clock where it cannot be compared", async () => {
    const account = analyze(ofCase("noReturnPath", old()));
    const page = await open(account);
    const head = await page.locator("#item-table thead").textContent();
    expect(head).toContain("Loaded at (own clock)");
    expect(head).not.toContain("On the way");
    await page.fill("#search", "cpu FULL");
    const cells = await page.locator("#item-table tbody tr[data-item] td").allTextContents();
    const log = Buffer.from(readBytes(casePath(CASES.noReturnPath[1]))).toString();
    const first = timeIn(log, /loadvm_state_setup|qemu_loadvm_state_section/);
    const load = timeIn(log, /qemu_loadvm_state_section_startfull \d+\(cpu\)/);
    const shown = Number(cells[2]!.replace(" ms", ""));
    expect(shown).toBeGreaterThan(Number(load - first) / 1e6 - 1);
    expect(shown).toBeLessThan(Number(load - first) / 1e6 + 1);
  });

  test("the item that a migration failed at is marked", async () => {
    const page = await open(await accounts.failed!());
    const marked = page.locator("#item-table tr.failing");
    expect(await marked.count()).toBe(1);
    expect(await marked.textContent()).toContain("ram START failed here");
  });
});

/** Elements that reach out of their card, but for tables that scroll. */
const runningOut = `[...document.querySelectorAll("section")].flatMap((card) => {
  const { left, right } = card.getBoundingClientRect();
  return [...card.querySelectorAll("*")]
    .filter((element) => !element.closest(".scroll, .hidden"))
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.right > right + 1 || box.left < left - 1))
    .map(([element]) => element.outerHTML.slice(0, 80));
})`;

/** Texts and styles with a figure that is none. */
const brokenFigures = `[document.body.innerText, ...[...document.querySelectorAll("[style], [title]")]
  .map((element) => element.getAttribute("style") + element.getAttribute("title"))]
  .filter((text) => /NaN|undefined|Infinity/.test(text))`;
