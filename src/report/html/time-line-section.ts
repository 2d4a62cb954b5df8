import { html, type Markup } from "./markup.js";

/** The place where the page's script draws the time line, and shows an item. */
export function timeLineSection(): Markup {
  return html`<section id="timeline" aria-labelledby="timeline-title" class="script">
<div class="head"><h2 id="timeline-title">Time line</h2>
<div class="tools" role="toolbar" aria-label="Time line">
<button type="button" data-zoom="out" aria-label="Zoom out" title="Zoom out (−)">−</button>
<button type="button" data-zoom="in" aria-label="Zoom in" title="Zoom in (+)">+</button>
<button type="button" data-zoom="all" title="The whole migration (0)">All</button>
<button type="button" data-zoom="downtime" title="The downtime (d)">Downtime</button>
</div></div>
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
