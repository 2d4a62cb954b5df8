import type { MigrationAccount } from "../../analysis/account.js";
import { noItemText } from "../no-item-text.js";
import { destinationClock, relativeClock } from "../relative-clock.js";
import { formatOffset } from "../units.js";
import { html, type Markup } from "./markup.js";

/** Lines that are shown; a filtered trace can lack thousands. */
const MAX_LINES = 200;

/** What pairs with nothing, by name. */
export function unpairedSection(account: MigrationAccount): Markup | undefined {
  const lines = [...missingLines(account), ...strayLines(account)];
  if (lines.length === 0) return undefined;
  const rest = lines.length - MAX_LINES;
  return html`<section id="unpaired" aria-labelledby="unpaired-title">
<h2 id="unpaired-title">Paired with nothing <span class="quiet">${lines.length}</span></h2>
<ul class="lines">${lines.slice(0, MAX_LINES).map((line) => html`<li>${line}</li>`)}</ul>
${rest > 0 && html`<p class="quiet">and ${rest} more</p>`}
</section>`;
}

const SIDES = ["source", "destination"] as const;

function missingLines({ items, streamSize, outcome }: MigrationAccount): string[] {
  return SIDES.flatMap((side) =>
    items.flatMap(({ item, label, [side]: pairing }, index) =>
      pairing.status === "missing"
        ? [
            `${label}${streamSize === undefined ? "" : ` at byte ${formatOffset(item.offset)}`}: no event at the ${side}${index === outcome.failure?.item ? "; the migration failed here" : ""}`,
          ]
        : [],
    ),
  );
}

function strayLines(account: MigrationAccount): string[] {
  const clocks = { source: relativeClock(account), destination: destinationClock(account) };
  const none = noItemText(account);
  return SIDES.flatMap((side) =>
    (account[side]?.strays ?? []).map(
      ({ key, events, at }) =>
        `${side}${at === undefined ? "" : ` at ${clocks[side](at)} ms`}: ${key} (${events}): ${none}`,
    ),
  );
}
