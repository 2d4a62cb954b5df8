import type { MigrationAccount } from "../../analysis/account.js";
import { isPlaced, OWN_CLOCK } from "../relative-clock.js";
import { extentOf } from "../time-line.js";
import { formatDuration } from "../units.js";
import { html, type Markup } from "./markup.js";

/** The place where the page's script draws the time line, and shows an item. */
export function timeLineSection(account: MigrationAccount): Markup {
  const timed = extentOf(account) !== undefined;
  return html`<section id="timeline" aria-labelledby="timeline-title" class="script${!timed && " untimed"}">
<div class="head"><h2 id="timeline-title">Time line</h2>
<div class="tools" role="toolbar" aria-label="Time line">
<button type="button" data-zoom="out" aria-label="Zoom out" title="Zoom out (−)">−</button>
<button type="button" data-zoom="in" aria-label="Zoom in" title="Zoom in (+)">+</button>
<button type="button" data-zoom="all" title="The whole migration (0)">All</button>
<button type="button" data-zoom="downtime" title="The downtime (d)">Downtime</button>
</div></div>
${timeNote(account, timed)}
<div class="split">
<div class="stage">
<canvas id="canvas" tabindex="0" role="application" aria-label="Time line of source, stream and destination" aria-describedby="keys"></canvas>
<div id="tooltip" role="tooltip" hidden></div>
<p id="keys" class="quiet">Drag to pan, pinch or Ctrl + wheel to zoom (wheel alone once it has focus), shift-drag for a range. Keys: <kbd>←</kbd> <kbd>→</kbd> pan, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>n</kbd> <kbd>p</kbd> next and previous item, <kbd>Enter</kbd> zoom to it, <kbd>d</kbd> downtime, <kbd>0</kbd> all.</p>
</div>
<aside id="details" aria-label="Item" tabindex="-1"></aside>
</div>
<p id="live" class="hidden" aria-live="polite"></p>
</section>`;
}

/** What the time line cannot show. */
function timeNote(account: MigrationAccount, timed: boolean): Markup | undefined {
  if (!timed) return html`<p class="unsure">No trace has timestamps, so nothing can be drawn.</p>`;
  if (!extentOf(account, "destination")) return undefined;
  if (isPlaced(account)) return offsetNote(account);
  return html`<p class="unsure">The destination’s times are ${OWN_CLOCK.replace("'", "’")}; the offset from the source’s clock is unknown. Nothing in this picture shows what happened at both sides at the same time.</p>`;
}

/** How well the destination's times are placed, where that is not exact. */
function offsetNote({ clocks }: MigrationAccount): Markup | undefined {
  const { lower, upper } = clocks ?? {};
  if (lower === undefined || upper === undefined || lower === upper) return undefined;
  return html`<p class="quiet">The offset of the two clocks is known to ${formatDuration(upper - lower)}: the destination’s times may all be shifted by up to so much.</p>`;
}
