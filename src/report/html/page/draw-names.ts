import type { Band } from "./lanes.js";
import type { SideModel } from "./page-model.js";
import type { Scene } from "./scene.js";

/** The lanes' names: left of them, over them where the page is narrow. */
export function drawNames(context: CanvasRenderingContext2D, scene: Scene): void {
  const { lanes, palette, model } = scene;
  const narrow = lanes.left < 50;
  const name = (text: string, note: string, band: Band, color: string) => {
    context.textAlign = "left";
    context.font = `600 12px ${palette.font}`;
    context.fillStyle = color;
    const y = narrow ? band.top - 10 : (band.top + band.bottom) / 2 - (note ? 7 : 0);
    context.fillText(text, narrow ? lanes.left : 0, y);
    if (!note) return;
    context.font = `11px ${palette.font}`;
    context.fillStyle = palette.faint;
    const x = narrow ? lanes.left + 8 + text.length * 7.5 : 0;
    context.fillText(note, x, narrow ? y : y + 15);
  };
  const found = (side: SideModel) =>
    `${[...side.statuses].filter((s) => "pbot".includes(s)).length} items`;
  name("Source", found(model.source), lanes.source, palette.source);
  if (!narrow) name("Stream", model.placed ? "save → load" : "", lanes.stream, palette.quiet);
  name(
    "Destination",
    found(model.destination),
    narrow
      ? shift(lanes.destination, 20 + lanes.destination.bottom - lanes.destination.top)
      : lanes.destination,
    palette.destination,
  );
  if (model.faults.count > 0) {
    name("Faults", "", narrow ? lanes.faults : over(lanes.faults), palette.destination);
  }
  if (model.bytes.length > 0) name("Bytes", "", lanes.bytes, palette.quiet);
  if (!narrow) name("Phases", "", lanes.phases, palette.quiet);
}

/** Over the scale, which stands beside its middle. */
function over({ top }: Band): Band {
  return { top: top - 24, bottom: top - 4 };
}

function shift({ top, bottom }: Band, by: number): Band {
  return { top: top + by, bottom: bottom + by };
}
