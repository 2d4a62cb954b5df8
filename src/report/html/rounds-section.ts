import type { MigrationAccount, Round } from "../../analysis/account.js";
import { originOf } from "../time-line.js";
import { formatBytes, formatDuration, formatMilliseconds } from "../units.js";
import { html, type Markup } from "./markup.js";
import { cssPercent } from "./quantities.js";

/** The rounds over dirty memory, one a row. */
export function roundsSection(account: MigrationAccount): Markup | undefined {
  const { rounds } = account;
  if (rounds.length === 0) return undefined;
  const origin = originOf(account);
  const most = rounds.reduce((most, round) => Math.max(most, round.bytes), 1);
  return html`<section id="rounds" aria-labelledby="rounds-title">
<h2 id="rounds-title">Rounds</h2>
<p class="lead">One pass over dirty memory each, from one sync of the dirty bitmap to the next.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of rounds"><table class="grid">
<thead><tr><th scope="col" class="n">Round</th><th scope="col" class="n">Start ms</th><th scope="col" class="n">Took</th><th scope="col" class="n">Dirty at start</th><th scope="col" class="wide">Sent</th><th scope="col" class="n">Rate</th><th scope="col" class="n">Sections</th><th scope="col" class="n">Pages</th><th scope="col" class="n">Zero pages</th></tr></thead>
<tbody>${rounds.map((round) => row(round, origin, most))}</tbody>
</table></div>
</section>`;
}

function row(round: Round, origin: bigint, most: number): Markup {
  const took = round.end - round.start;
  return html`<tr><th scope="row" class="n">${round.number}</th>
<td class="n">${formatMilliseconds(round.start - origin)}</td>
<td class="n">${formatDuration(took)}</td>
<td class="n">${round.pending === undefined ? "all" : formatBytes(round.pending)}</td>
<td class="wide"><span class="bar" style="--w:${cssPercent(round.bytes, most)}"></span><span class="bar-text">${formatBytes(round.bytes)}</span></td>
<td class="n">${rate(round.bytes, took)}</td>
<td class="n">${round.sections.toLocaleString("en")}</td>
<td class="n">${round.pages.toLocaleString("en")}</td>
<td class="n">${round.zeroPages.toLocaleString("en")}</td></tr>`;
}

function rate(bytes: number, took: bigint): string {
  if (took <= 0n) return "–";
  return `${formatBytes(Math.round((bytes / Number(took)) * 1e9))}/s`;
}
