import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { buildFleetPageData } from "../../../src/report/fleet/build-fleet-page-data.js";
import type { FleetFacts } from "../../../src/report/fleet/fleet-facts.js";
import { fleetReport } from "../../../src/report/fleet/fleet-report.js";
import { describeWith } from "../../support/programs.js";
import { browserPages } from "../html/browser-pages.js";
import { madeFacts } from "./made-facts.js";

const COUNT = 10_000;

describeWith(["chromium"], `the page over ${COUNT} migrations in a browser`, (tool) => {
  const { show, folder, complaints, requests } = browserPages(tool.chromium);

  function open(facts: FleetFacts): Promise<Page> {
    const pages = { link: "pages/{recording}.html", has: () => true };
    const html = fleetReport(buildFleetPageData(facts, pages), "night");
    return show(html, { width: 1300, height: 900 }, "#time");
  }

  test("draws all whose downtime is known, complains of nothing, asks no host", async () => {
    const facts = madeFacts(COUNT);
    const page = await open(facts);
    const known = facts.migrations.filter(({ downtime }) => downtime !== null).length;
    expect(await page.getAttribute("#time", "data-drawn")).toBe(String(known));
    expect(await page.textContent("#count")).toBe(`${COUNT} of ${COUNT} migrations`);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
  });

  test("filters all of it", async () => {
    const facts = madeFacts(500);
    const page = await open(facts);
    await page.selectOption("#version", { label: "10.2.2" });
    await page.selectOption("#status", { label: "completed" });
    const wanted = facts.migrations.filter(
      ({ version, status }) => version === "10.2.2" && status === "completed",
    );
    expect(await page.getAttribute("#time", "data-drawn")).toBe(String(wanted.length));
    const longest = Math.max(...wanted.map(({ downtime }) => downtime!));
    expect(await page.textContent("#longest td")).toBe(`${Math.round(longest)} ms`);
    expect(await page.locator("#percentiles tbody tr").count()).toBe(2);
  });

  test("a point leads to its migration's page", async () => {
    mkdirSync(join(folder, "pages"), { recursive: true });
    const [one] = madeFacts(1).migrations;
    writeFileSync(join(folder, "pages", `${one!.recording}.html`), "<title>its own</title>");
    const page = await open({ migrations: [{ ...one!, downtime: 5 }], measures: [], stuck: [] });
    const place = (await page.locator("#time .u-over").boundingBox())!;
    for (let x = 2; x < place.width && (await page.isHidden("#tip")); x += 5)
      for (let y = 2; y < place.height && (await page.isHidden("#tip")); y += 5)
        await page.mouse.move(place.x + x, place.y + y);
    expect(await page.textContent("#tip")).toContain("5 ms migration-0");
    await page.mouse.down();
    await page.mouse.up();
    await page.waitForURL(/pages/);
    expect(await page.title()).toBe("its own");
  });

  test("shows what moved between the two latest versions, and between others", async () => {
    const page = await open(madeFacts(100));
    const first = page.locator("#moved tbody tr").first();
    expect(await first.textContent()).toContain("save of vga40, 402 ms3 ms1.5×");
    await page.selectOption("#before", { label: "9.2.0" });
    expect(await first.textContent()).toContain("save of vga40, 401 ms3 ms3×");
    await page.fill("#least", "41");
    expect(await page.textContent("#moved tbody")).toBe("none");
  });

  test("an empty data set is a page, too", async () => {
    const page = await open({ migrations: [], measures: [], stuck: [] });
    expect(await page.textContent("#count")).toBe("0 of 0 migrations");
    expect(complaints).toEqual([]);
  });

  test("names cannot break out of the page", async () => {
    const [one] = madeFacts(1).migrations;
    const evil = "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>";
    const migration = {
      ...one!,
      host: evil,
      folder: evil,
      version: evil,
      machine: evil,
      status: evil,
    };
    const page = await open({
      migrations: [{ ...migration, downtime: 5 }],
      measures: [],
      stuck: [],
    });
    expect(await page.title()).toBe("night – qtrace");
    expect(complaints).toEqual([]);
  });
});
