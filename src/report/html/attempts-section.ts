import type { Attempt, MigrationAccount } from "../../analysis/account.js";
import { formatBytes, formatDuration } from "../units.js";
import { html, type Markup } from "./markup.js";

/** The attempts in the trace, where there is more than one, and which of them the page shows. */
export function attemptsSection({ attempts, attempt }: MigrationAccount): Markup | undefined {
  if (attempts.length < 2) return undefined;
  const first = attempts.find(({ start }) => start !== undefined)?.start;
  return html`<section id="attempts" aria-labelledby="attempts-title">
<h2 id="attempts-title">Attempts <span class="quiet">${attempts.length}</span></h2>
<p class="lead">The trace holds several migrations. This page shows one of them; choose another with <code>--attempt</code>.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of attempts"><table class="grid">
<thead><tr><th scope="col" class="n">Attempt</th><th scope="col" class="n">Since the first</th><th scope="col" class="n">Took</th><th scope="col">Outcome</th><th scope="col" class="n">Sent</th><th scope="col"><span class="hidden">which is shown</span></th></tr></thead>
<tbody>${attempts.map((row) => attemptRow(row, first, row.number === attempt?.number))}</tbody>
</table></div>
</section>`;
}

function attemptRow(
  { number, start, end, state, bytes }: Attempt,
  first: bigint | undefined,
  isShown: boolean,
): Markup {
  const since = start === undefined || first === undefined ? undefined : start - first;
  const took = start === undefined || end === undefined ? undefined : end - start;
  return html`<tr${isShown && html` class="shown" aria-current="true"`}><th scope="row" class="n">${number}</th>
<td class="n">${since === undefined ? "–" : formatDuration(since)}</td>
<td class="n">${took === undefined ? "–" : formatDuration(took)}</td>
<td>${state ?? "unknown"}</td>
<td class="n">${bytes === undefined ? "–" : formatBytes(bytes)}</td>
<td>${isShown && "shown here"}</td></tr>
`;
}
