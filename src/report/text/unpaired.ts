import type { MigrationAccount } from "../../analysis/account.js";
import { noItemText } from "../no-item-text.js";
import { formatOffset } from "../units.js";
import { destinationClock, relativeClock } from "./relative-clock.js";

/** What pairs with nothing, by name. */
export function unpaired(account: MigrationAccount): string {
  const clocks = { source: relativeClock(account), destination: destinationClock(account) };
  const lines: string[] = [];
  const none = noItemText(account);
  for (const side of ["source", "destination"] as const) {
    for (const { item, label, ...pairings } of account.items) {
      if (pairings[side].status !== "missing") continue;
      const where = account.streamSize === undefined ? "" : ` at byte ${formatOffset(item.offset)}`;
      lines.push(`${label}${where}: no event at the ${side}`);
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
