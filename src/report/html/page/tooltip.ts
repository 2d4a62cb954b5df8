import { formatBytes } from "../../units.js";
import { byId, type Child, element, present } from "./dom.js";
import type { PageModel } from "./page-model.js";
import { durationText, momentText, OWN_CLOCK, tookText } from "./words.js";

/** Shows what an item is beside the pointer; hides it for none. */
export function showTooltip(
  model: PageModel,
  item: number | undefined,
  x: number,
  y: number,
): void {
  if (item === undefined) {
    byId("tooltip").hidden = true;
    return;
  }
  const sides = (["source", "destination"] as const).map((side) => {
    const { start } = model[side];
    if (Number.isNaN(start[item]!)) return undefined;
    const own = side === "destination" && !model.placed ? ` (${OWN_CLOCK})` : "";
    const text = `${momentText(start[item]!)}${own}, ${tookText(model[side], item)}`;
    return element("div", {}, element("i", { class: side }), text);
  });
  place(x, y, [
    element("strong", {}, model.labels[item]!),
    model.streamed && element("span", {}, ` ${formatBytes(model.sizes[item]!)}`),
    model.failed?.item === item && element("strong", { class: "failed" }, " failed here"),
    ...sides,
  ]);
}

/** Shows which page was waited for, and how long. */
export function showFaultTooltip({ faults }: PageModel, fault: number, x: number, y: number): void {
  const waited = durationText(faults.duration[fault]!);
  place(x, y, [
    element("strong", {}, faults.name(fault)),
    element("div", {}, element("i", { class: "destination" }), `waited ${waited}`),
    element("div", {}, `from ${momentText(faults.start[fault]!)}`),
  ]);
}

function place(x: number, y: number, content: readonly Child[]): void {
  const tooltip = byId("tooltip");
  tooltip.hidden = false;
  tooltip.replaceChildren(...present(content));
  const room = tooltip.parentElement!.clientWidth - tooltip.offsetWidth;
  tooltip.style.left = `${Math.max(0, Math.min(x + 14, room))}px`;
  tooltip.style.top = `${y + 18}px`;
}
