import type { MigrationAccount } from "../analysis/account.js";
import { checkpointTable, pathTable } from "./text/downtime-tables.js";
import { itemsTable } from "./text/items-table.js";
import { postcopyText } from "./text/postcopy-text.js";
import { roundsTable } from "./text/rounds-table.js";
import { summary } from "./text/summary.js";
import { unpaired } from "./text/unpaired.js";

/** The account for a terminal: a summary first, then rounds, downtime, postcopy and every item. */
export function textReport(account: MigrationAccount): string {
  const sections = [
    summary,
    roundsTable,
    pathTable,
    checkpointTable,
    postcopyText,
    itemsTable,
    unpaired,
  ];
  return sections
    .map((section) => section(account))
    .filter((section) => section !== "")
    .join("\n");
}
