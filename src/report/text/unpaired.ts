import type { MigrationAccount } from "../../analysis/account.js";
import { noItemText } from "../no-item-text.js";
import { destinationClock, relativeClock } from "../relative-clock.js";
import { formatOffset } from "../units.js";

/** What pairs with nothing, by name. */
export function unpaired(account: MigrationAccount): string {
  const clocks = { source: relativeClock(account), destination: destinationClock(account) };
  const lines: string[] = [];
  const none = noItemText(account);
  for (const side of ["source", "destination"] as const) {
    for (const [index, { item, label, ...pairings }] of account.items.entries()) {
      if (pairings[side].status !== "missing") continue;
      const where = account.streamSize === undefined ? "" : ` at byte ${formatOffset(item.offset)}`;
      const failed = index === account.outcome.failure?.item ? "; the migration failed here" : "";
      lines.push(`${label}${where}: no event at the ${side}${failed}`);
    }
    for (const { key, events, at } of account[side]?.strays ?? []) {
      lines.push(
        `${side}${at === undefined ? "" : ` at ${clocks[side](at)} ms`}: ${key} (${events}): ${none}`,
      );
    }
  }
  const untraced = account.items.filter(
    ({ source, destination }) => source.status === "untraced" && destination.status === "untraced",
  );
  for (const { label } of untraced)
    lines.push(`${label}: QEMU traces nothing of it on either side`);
  if (lines.length === 0) return "";
  return `Paired with nothing\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
