import type { MigrationAccount } from "../analysis/account.js";
import { attemptsTable } from "./text/attempts-table.js";
import { devicesTable } from "./text/devices-table.js";
import { checkpointTable, pathTable } from "./text/downtime-tables.js";
import { itemsTable } from "./text/items-table.js";
import { postcopyText } from "./text/postcopy-text.js";
import { roundsTable } from "./text/rounds-table.js";
import { summary } from "./text/summary.js";
import { unpaired } from "./text/unpaired.js";

/** What the account is as wide as, if there is room, and what it needs at least. */
const WIDEST = 100;
const NARROWEST = 60;

/**
 * The account for a terminal: a summary first, then rounds, downtime, postcopy and every item. In
 * fewer than 100 columns it does without what is told elsewhere, too.
 */
export function textReport(account: MigrationAccount, columns = WIDEST): string {
  const width = Math.max(NARROWEST, Math.min(columns, WIDEST));
  const sections = [
    summary,
    attemptsTable,
    roundsTable,
    pathTable,
    checkpointTable,
    devicesTable,
    postcopyText,
    itemsTable,
    unpaired,
  ];
  return sections
    .map((section) => section(account, width))
    .filter((section) => section !== "")
    .join("\n");
}
