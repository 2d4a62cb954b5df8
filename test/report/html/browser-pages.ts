import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { MigrationAccount } from "../../../src/analysis/account.js";
import type { Evidence } from "../../../src/report/evidence.js";
import { htmlReport } from "../../../src/report/html/html-report.js";
import { recordCanvas } from "./canvas-recorder.js";

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens pages in a browser for the tests of a group: what went wrong and what was requested is kept. */
export function browserPages(executablePath: string) {
  const work = mkdtempSync(join(tmpdir(), "qtrace-page-"));
  let browser: Browser;
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(work, { recursive: true });
  });

  async function open(
    account: MigrationAccount,
    width = 1400,
    evidence: Evidence = {},
  ): Promise<Page> {
    const file = join(work, `${Math.random()}.html`);
    writeFileSync(file, htmlReport(account, evidence));
    const page = await browser.newPage({ viewport: { width, height: 1000 } });
    await recordCanvas(page);
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("#canvas[data-drawn]", { state: "attached" });
    return page;
  }

  return { open, complaints, requests };
}
