import type { Side } from "../page-data.js";
import { drawLabel } from "./draw-label.js";
import { MAX_ROWS, STRIP } from "./lanes.js";
import type { SideModel } from "./page-model.js";
import { type Scene, toX } from "./scene.js";

/** Rows of items at one side: a box each; boxes that would share their pixels are drawn once. */
export function drawSide(context: CanvasRenderingContext2D, scene: Scene, side: Side): void {
  const { model, lanes, palette, selected, hovered } = scene;
  const data = model[side];
  const top = rowsTop(scene, side);
  const lastRight = new Float64Array(data.rowCount).fill(-1e9);
  context.font = `11px ${palette.font}`;
  context.textAlign = "left";
  for (let item = 0; item < model.count; item++) {
    const row = shownRow(data.rows[item]!);
    const left = toX(scene, data.start[item]!);
    const right = Math.max(left + 1.5, toX(scene, data.end[item]!));
    if (!(right >= lanes.left) || left > scene.width) continue;
    const hidden = right - left < 2 && right - lastRight[row]! < 0.7;
    if (hidden && item !== model.failed?.item) continue;
    lastRight[row] = right;
    box(context, scene, side, item, left, right, top + row * lanes.row);
  }
  for (const item of [hovered, selected]) {
    if (item === undefined || Number.isNaN(data.start[item]!)) continue;
    const left = toX(scene, data.start[item]!);
    const right = Math.max(left + 3, toX(scene, data.end[item]!));
    const y = top + shownRow(data.rows[item]!) * lanes.row;
    box(context, scene, side, item, left, right, y);
    context.strokeStyle = palette.ink;
    context.lineWidth = item === selected ? 2 : 1;
    context.strokeRect(left - 1, y, right - left + 2, lanes.row - 2);
    context.lineWidth = 1;
  }
  drawStrip(context, scene, side, data);
}

/** What is before the label of an item whose end is not known, by its status. */
const UNSURE: Readonly<Record<string, string>> = { b: "≤ ", o: "? " };

function box(
  context: CanvasRenderingContext2D,
  scene: Scene,
  side: Side,
  item: number,
  left: number,
  right: number,
  y: number,
): void {
  const { model, lanes, palette } = scene;
  const kind = model.kinds[item]!;
  context.fillStyle = palette[side];
  const unsure = UNSURE[model[side].statuses[item]!] ?? "";
  context.globalAlpha =
    (kind === "ram" ? 0.5 : kind === "device" ? 0.85 : 0.35) * (unsure ? 0.5 : 1);
  context.fillRect(left, y + 1, right - left, lanes.row - 4);
  context.globalAlpha = 1;
  if (model.failed?.item === item && model.failed.side === side) {
    context.fillStyle = palette.bad;
    context.fillRect(left, y + lanes.row - 5, Math.max(4, right - left), 4);
  }
  if (right - left < 26) return;
  context.fillStyle = kind === "device" && !unsure ? palette.panel : palette.ink;
  const from = Math.max(left, lanes.left);
  const room = right - from - 9;
  const label = unsure + model.labels[item]!;
  const fits = context.measureText(label).width <= room;
  drawLabel(
    context,
    fits ? label : unsure + deviceName(model.labels[item]!),
    from + 5,
    y + lanes.row / 2 - 0.5,
    room,
  );
}

/** A label without the bus address before it, which says least where there is little room. */
function deviceName(label: string): string {
  return label.slice(label.lastIndexOf("/") + 1);
}

/** The row that an item is drawn in: all after the sixth row share the sixth. */
export function shownRow(row: number): number {
  return Math.min(row, MAX_ROWS - 1);
}

/** Where a side's rows begin: its strip of events is on the outside. */
export function rowsTop({ lanes, model }: Scene, side: Side): number {
  return lanes[side].top + (side === "source" && model.source.events ? STRIP + 3 : 0);
}

function drawStrip(
  context: CanvasRenderingContext2D,
  scene: Scene,
  side: Side,
  { events }: SideModel,
): void {
  if (!events) return;
  const { model, lanes, palette } = scene;
  const top = side === "source" ? lanes.source.top : lanes.destination.bottom - STRIP;
  const most = Math.log1p(events.density.reduce((most, count) => Math.max(most, count), 1));
  const step = (model.end - model.start) / events.density.length;
  context.fillStyle = palette[side];
  for (const [bucket, count] of events.density.entries()) {
    if (count === 0) continue;
    const left = toX(scene, model.start + bucket * step);
    const right = Math.max(left + 1, toX(scene, model.start + (bucket + 1) * step));
    if (right < lanes.left || left > scene.width) continue;
    context.globalAlpha = 0.12 + 0.6 * (Math.log1p(count) / most);
    context.fillRect(left, top, right - left, STRIP);
  }
  context.globalAlpha = 1;
}
