import type { DeviceTimes, MigrationAccount } from "../../analysis/account.js";
import { slowestFirst, timeText } from "../slowest-devices.js";
import { html, type Markup } from "./markup.js";
import { count } from "./quantities.js";

/** The devices by how long they took at the switchover, the slowest first. */
export function devicesSection({ devices }: MigrationAccount): Markup | undefined {
  if (devices.every(({ save, load }) => save === undefined && load === undefined)) return undefined;
  const postcopy = devices.some((device) => device.postcopy);
  return html`<section id="devices" aria-labelledby="devices-title">
<h2 id="devices-title">Devices <span class="quiet">${devices.length}</span></h2>
<p class="lead">How long each device took to be saved and loaded at the switchover, the slowest first.${postcopy && " What was sent after the guest ran at the destination (postcopy) is listed separately: it cost no downtime."}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of devices"><table class="grid">
<thead><tr><th scope="col">Device</th><th scope="col" class="n">Bytes</th><th scope="col" class="n">Save ms</th><th scope="col" class="n">Load ms</th>${postcopy && html`<th scope="col" class="n">Save in postcopy ms</th><th scope="col" class="n">Load in postcopy ms</th>`}</tr></thead>
<tbody>${slowestFirst(devices).map((device) => row(device, postcopy))}</tbody>
</table></div>
</section>`;
}

function row(device: DeviceTimes, postcopy: boolean): Markup {
  const { name, bytes, save, saveIsBound, load, loadIsBound } = device;
  return html`<tr><th scope="row">${name}</th>
<td class="n">${count(bytes)}</td>
<td class="n">${timeText(save, saveIsBound)}</td>
<td class="n">${timeText(load, loadIsBound)}</td>${postcopy && postcopyCells(device)}</tr>`;
}

function postcopyCells({ postcopy }: DeviceTimes): Markup {
  return html`<td class="n">${postcopy && timeText(postcopy.save)}</td><td class="n">${postcopy && timeText(postcopy.load)}</td>`;
}
