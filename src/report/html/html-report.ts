import type { MigrationAccount } from "../../analysis/account.js";
import type { Evidence } from "../evidence.js";
import { buildPageData } from "./build-page-data.js";
import { downtimeSection } from "./downtime-section.js";
import { itemsSection } from "./items-section.js";
import { html, scriptJson } from "./markup.js";
import { pageScript, pageStyle } from "./page-bundle.js";
import { postcopySection } from "./postcopy-section.js";
import { roundsSection } from "./rounds-section.js";
import { summarySection } from "./summary-section.js";
import { timeLineSection } from "./time-line-section.js";
import { unpairedSection } from "./unpaired-section.js";

/**
 * The account as one HTML page that needs no network. Figures and tables stand in it as HTML; its
 * script draws the time line, and the table of all items, from the data that the page carries.
 */
export function htmlReport(account: MigrationAccount, evidence: Evidence = {}): string {
  const machine = account.machine ?? "migration";
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="generator" content="qtrace">
<title>${machine} – qtrace</title>
<style>${{ markup: pageStyle }}</style>
</head>
<body>
<header><p class="brand">qtrace</p><h1>${machine}</h1>
<button type="button" id="theme" aria-label="Dark" aria-pressed="false" title="Light or dark">◐</button></header>
<main>
${summarySection(account)}
<noscript><p class="quiet">The time line and the table of items need scripts.</p></noscript>
${timeLineSection()}
${downtimeSection(account)}
${postcopySection(account)}
${roundsSection(account)}
${itemsSection(account.items.length)}
${unpairedSection(account)}
</main>
<footer>Times are of the source’s clock, in milliseconds since the first event.</footer>
<script type="application/json" id="data">${scriptJson(buildPageData(account, evidence))}</script>
<script>${{ markup: pageScript }}</script>
</body>
</html>
`;
  return page.markup;
}
