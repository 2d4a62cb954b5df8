import type { MigrationAccount } from "../../analysis/account.js";
import type { Evidence } from "../evidence.js";
import { isPlaced } from "../relative-clock.js";
import { attemptsSection } from "./attempts-section.js";
import { buildPageData } from "./build-page-data.js";
import { devicesSection } from "./devices-section.js";
import { downtimeSection } from "./downtime-section.js";
import { itemsSection } from "./items-section.js";
import { html } from "./markup.js";
import { pageScript, pageStyle } from "./page-bundle.js";
import { pageShell } from "./page-shell.js";
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
  return pageShell({
    title: account.machine ?? "migration",
    style: pageStyle,
    script: pageScript,
    main: [
      summarySection(account),
      attemptsSection(account),
      html`<noscript><p class="quiet">The time line and the table of items need scripts.</p></noscript>`,
      timeLineSection(account),
      downtimeSection(account),
      devicesSection(account),
      postcopySection(account),
      roundsSection(account),
      itemsSection(account.items.length),
      unpairedSection(account),
    ],
    footer: isPlaced(account)
      ? "Times are of the source’s clock, in milliseconds since the first event."
      : "Times of the source are milliseconds since its first event; those of the destination are by its own clock, since its first item.",
    data: buildPageData(account, evidence),
  });
}
