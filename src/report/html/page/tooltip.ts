import { formatBytes } from "../../units.js";
import { byId, element } from "./dom.js";
import type { PageModel } from "./page-model.js";
import { durationText, momentText } from "./words.js";

/** Shows what an item is beside the pointer; hides it for none. */
export function showTooltip(
  model: PageModel,
  item: number | undefined,
  x: number,
  y: number,
): void {
  const tooltip = byId("tooltip");
  tooltip.hidden = item === undefined;
  if (item === undefined) return;
  const sides = (["source", "destination"] as const).map((side) => {
    const { start, end } = model[side];
    if (Number.isNaN(start[item]!)) return undefined;
    const text = `${momentText(start[item]!)}, ${durationText(end[item]! - start[item]!)}`;
    return element("div", {}, element("i", { class: side }), text);
  });
  tooltip.replaceChildren(
    element("strong", {}, model.labels[item]!),
    element("span", {}, ` ${formatBytes(model.sizes[item]!)}`),
    ...sides.filter((side) => side !== undefined),
  );
  const room = tooltip.parentElement!.clientWidth - tooltip.offsetWidth;
  tooltip.style.left = `${Math.max(0, Math.min(x + 14, room))}px`;
  tooltip.style.top = `${y + 18}px`;
}
