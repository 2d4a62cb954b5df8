import { html, type Markup } from "./markup.js";

/** The place where the page's script puts the table of all items. */
export function itemsSection(count: number): Markup {
  return html`<section id="items" aria-labelledby="items-title" class="script">
<div class="head"><h2 id="items-title">Items <span class="quiet" id="item-count">${count.toLocaleString("en")}</span></h2>
<input id="search" type="search" placeholder="Search items" aria-label="Search items" autocomplete="off" spellcheck="false"></div>
<div id="item-table" class="scroll tall" tabindex="0" role="region" aria-label="Table of items"></div>
</section>`;
}
