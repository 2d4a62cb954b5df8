import type { MigrationAccount, Round } from "../../analysis/account.js";
import { sentIn } from "../sent-in.js";
import { originOf } from "../time-line.js";
import { formatBytes, formatDuration, formatMilliseconds } from "../units.js";
import { html, type Markup } from "./markup.js";
import { count, cssPercent } from "./quantities.js";

/** The rounds over dirty memory, one a row. */
export function roundsSection(account: MigrationAccount): Markup | undefined {
  const { rounds } = account;
  if (rounds.length === 0) return undefined;
  const origin = originOf(account);
  const streamed = account.streamSize !== undefined;
  const rows = rounds.map((round) => ({ round, sent: sentIn(round, streamed) }));
  const most = rows.reduce((most, { sent = 0 }) => Math.max(most, sent), 1);
  return html`<section id="rounds" aria-labelledby="rounds-title">
<h2 id="rounds-title">Rounds</h2>
<p class="lead">One pass through dirty memory each. A pass takes one sync of the dirty bitmap or several; in all there were ${count(account.syncs.length)}, with those before the first round and at the switchover.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of rounds"><table class="grid">
<thead><tr><th scope="col" class="n">Round</th><th scope="col" class="n">Syncs</th><th scope="col" class="n">Start ms</th><th scope="col" class="n">Took</th><th scope="col" class="n">Dirty at start</th><th scope="col" class="n">Found dirty</th><th scope="col" class="wide">Sent</th><th scope="col" class="n">Rate</th><th scope="col" class="n">Sections</th><th scope="col" class="n">Pages</th><th scope="col" class="n">Zero pages</th><th scope="col">Converges</th></tr></thead>
<tbody>${rows.map(({ round, sent }) => row(round, origin, sent, most))}</tbody>
</table></div>
</section>`;
}

function row(round: Round, origin: bigint, sent: number | undefined, most: number): Markup {
  const { start, end } = round;
  const took = start === undefined || end === undefined ? "–" : formatDuration(end - start);
  return html`<tr><th scope="row" class="n">${round.number}</th>
<td class="n">${count(round.syncs)}</td>
<td class="n">${start === undefined ? "–" : formatMilliseconds(start - origin)}</td>
<td class="n">${took}</td>
<td class="n">${dirty(round)}</td>
<td class="n">${round.dirtyPages === undefined ? "–" : `${count(round.dirtyPages)} pages`}</td>
<td class="wide">${sent === undefined ? "–" : html`<span class="bar" style="--w:${cssPercent(sent, most)}"></span><span class="bar-text">${formatBytes(sent)}</span>`}</td>
<td class="n">${round.rate === undefined ? "–" : `${formatBytes(round.rate)}/s`}</td>
<td class="n">${count(round.sections)}</td>
<td class="n">${count(round.pages)}</td>
<td class="n">${count(round.zeroPages)}</td>
<td>${converges(round)}</td></tr>`;
}

function converges({ complete, converging }: Round): Markup | string {
  if (complete === false) return "not complete";
  if (converging === undefined) return "–";
  return converging ? "yes" : html`<strong>no</strong>`;
}

function dirty({ number, pending }: Round): string {
  if (pending !== undefined) return formatBytes(pending);
  return number === 1 ? "all" : "–";
}
