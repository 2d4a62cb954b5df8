import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
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

/**
 * Shows pages in a browser for the tests of a group; what went wrong and what was requested is kept.
 * They come one after another into the same tab: a new window takes longer than most tests.
 */
export function browserPages(executablePath: string) {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-page-"));
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args });
    page = await browser.newPage();
    await recordCanvas(page);
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  }, 60_000);

  /** Shows an HTML page as if nothing had been shown before, and waits until `selector` is drawn. */
  async function show(
    html: string,
    viewport: { readonly width: number; readonly height: number },
    selector: string,
  ): Promise<Page> {
    const file = join(folder, `${Math.random()}.html`);
    writeFileSync(file, html);
    await page.goto("about:blank");
    await page.emulateMedia({ media: null });
    await page.setViewportSize(viewport);
    await page.mouse.move(0, 0);
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector(`${selector}[data-drawn]`, { state: "attached" });
    return page;
  }

  const open = (account: MigrationAccount, width = 1400, evidence: Evidence = {}): Promise<Page> =>
    show(htmlReport(account, evidence), { width, height: 1000 }, "#canvas");

  return { open, show, folder, complaints, requests };
}
