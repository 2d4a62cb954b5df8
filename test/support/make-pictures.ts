/**
 * Makes the README's example of a report and its pictures again, from the recordings that were made
 * with the small sets of events: `npm run pictures`. It needs a Chromium.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import { runCli } from "./cli.js";
import { found } from "./programs.js";
import { fixture } from "./recordings.js";
import { repoRoot } from "./repo-root.js";

const EXAMPLE = "The precopy in the terminal";

const precopy = "small-set-precopy";
const postcopy = "small-set-postcopy";
if (!found.chromium) throw new Error("there is no chromium on the PATH");
const work = mkdtempSync(join(tmpdir(), "qtrace-pictures-"));
const browser = await chromium.launch({
  executablePath: found.chromium,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  writeExample(await analyze(precopy));
  await pictureDowntime(await open(precopy), "analyze-precopy.png");
  await pictureDowntime(await open(postcopy, "dark"), "analyze-postcopy.png");
  const page = await open(postcopy);
  await page.locator("#timeline").screenshot({ path: docs("analyze-faults.png") });
} finally {
  await browser.close();
  rmSync(work, { recursive: true });
}

async function analyze(name: string, ...options: string[]): Promise<string> {
  const file = (what: string) => fixture(name, what);
  const traces = ["--source", file("source.log"), "--destination", file("destination.log")];
  const events = ["--events", fixture("..", "..", "trace-events")];
  const args = ["analyze", "--stream", file("channel0.bin.gz"), ...traces, ...events, ...options];
  const { code, out, err } = await runCli(args);
  if (code !== 0) throw new Error(`qtrace ${args.join(" ")}: ${err}`);
  return out;
}

/** Puts the report, down to what the downtime was spent on, below the line that announces it. */
function writeExample(report: string): void {
  const file = join(repoRoot, "README.md");
  const lines = readFileSync(file, "utf8").split("\n");
  const start = lines.findIndex((line) => line.startsWith(EXAMPLE));
  const length = lines.slice(start).findIndex((line) => line.startsWith("## "));
  if (start < 0 || length < 0) throw new Error(`README.md has no "${EXAMPLE}"`);
  const shown = report.slice(0, report.indexOf("\nDowntime, checkpoint by checkpoint"));
  const example = shown.trimEnd().split("\n");
  const indented = example.map((line) => (line === "" ? "" : `    ${line}`));
  lines.splice(start + 1, length - 1, "", ...indented, "");
  writeFileSync(file, lines.join("\n"));
}

async function open(name: string, colorScheme: "light" | "dark" = "light"): Promise<Page> {
  const file = join(work, `${name}.html`);
  await analyze(name, "--format", "html", "--output", file);
  const page = await browser.newPage({ viewport: { width: 1280, height: 940 }, colorScheme });
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector("#canvas[data-drawn]");
  await drawn(page);
  return page;
}

/** The first screen, with the downtime in the time line and its longest device selected. */
async function pictureDowntime(page: Page, name: string): Promise<void> {
  await page.fill("#search", "e1000e FULL");
  await page.click("#item-table tbody tr[data-item]");
  await page.click('[data-zoom="downtime"]');
  await page.evaluate("scrollTo(0, 0)");
  await page.mouse.move(0, 0);
  await drawn(page);
  await page.screenshot({ path: docs(name) });
}

/** The canvas is drawn in one of the next frames. */
async function drawn(page: Page): Promise<void> {
  await page.waitForTimeout(300);
}

function docs(name: string): string {
  return join(repoRoot, "docs", name);
}
