import { partitionPoint } from "../../../analysis/partition-point.js";
import { formatBytes } from "../../units.js";
import type { CurveModel } from "./page-model.js";
import { type Scene, toX } from "./scene.js";
import { byteTicks } from "./ticks.js";

/** Bytes over time, on a scale that fits what is in view. */
export function drawBytes(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, lanes, palette, width } = scene;
  if (model.bytes.length === 0) return;
  const { top, bottom } = lanes.bytes;
  const range = rangeInView(scene);
  const toY = (bytes: number) =>
    bottom - ((bytes - range.least) / (range.most - range.least || 1)) * (bottom - top);
  context.strokeStyle = palette.line;
  for (const [, y] of scaleOf(scene)) {
    context.beginPath();
    context.moveTo(lanes.left, Math.round(y) + 0.5);
    context.lineTo(width, Math.round(y) + 0.5);
    context.stroke();
  }
  context.save();
  context.beginPath();
  context.rect(lanes.left, top - 1, width - lanes.left, bottom - top + 2);
  context.clip();
  for (const curve of model.bytes) {
    if (curve.bounds) drawBounds(context, scene, curve, toY);
    else drawCurve(context, scene, curve, toY);
  }
  context.restore();
  context.strokeStyle = palette.line;
  context.strokeRect(lanes.left + 0.5, top - 0.5, width - lanes.left - 1, bottom - top + 1);
  drawLegend(context, scene);
}

/** Round numbers of bytes, left of their scale; where there is no room, within it. */
export function drawByteScale(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, lanes, palette } = scene;
  if (model.bytes.length === 0) return;
  const narrow = lanes.left < 50;
  context.font = `11px ${palette.font}`;
  context.textAlign = narrow ? "left" : "right";
  context.fillStyle = palette.quiet;
  for (const [bytes, y] of scaleOf(scene)) {
    if (y < lanes.bytes.top + 6 || y > lanes.bytes.bottom - 4) continue;
    context.fillText(formatBytes(bytes), lanes.left + (narrow ? 6 : -8), y);
  }
}

/** The scale's numbers, each with its height in pixels. */
function scaleOf(scene: Scene): [bytes: number, y: number][] {
  const { least, most } = rangeInView(scene);
  const { top, bottom } = scene.lanes.bytes;
  return byteTicks(least, most, 4).map((bytes) => [
    bytes,
    bottom - ((bytes - least) / (most - least || 1)) * (bottom - top),
  ]);
}

function drawLegend(context: CanvasRenderingContext2D, scene: Scene): void {
  const { lanes, palette, model } = scene;
  context.font = `11px ${palette.font}`;
  context.textAlign = "left";
  const left = lanes.left < 50 ? lanes.left + 64 : lanes.left + 8;
  let y = lanes.bytes.top + 12;
  const widest = Math.max(...model.bytes.map(({ name }) => context.measureText(name).width));
  context.fillStyle = palette.panel;
  context.globalAlpha = 0.85;
  context.fillRect(left - 5, lanes.bytes.top + 2, widest + 30, 15 * model.bytes.length + 5);
  context.globalAlpha = 1;
  for (const { name, side } of model.bytes) {
    context.fillStyle = palette[side];
    context.fillRect(left, y - 1, 12, 2);
    context.fillStyle = palette.quiet;
    context.fillText(name, left + 18, y);
    y += 15;
  }
}

/** The least and the most bytes between the edges of the view. */
function rangeInView({ model, view }: Scene): { least: number; most: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const { times, bytes } of model.bytes) {
    const first = Math.max(0, indexAt(times, view.start));
    const last = Math.min(times.length - 1, indexAt(times, view.end) + 1);
    least = Math.min(least, bytes[first]!);
    most = Math.max(most, bytes[last]!);
  }
  const air = Math.max(1, (most - least) * 0.06);
  return { least: least - air, most: most + air };
}

/** The last point at or before a moment; -1 before all. */
function indexAt(times: Float64Array, time: number): number {
  return partitionPoint(times.length, (index) => times[index]! > time) - 1;
}

function inView({ view }: Scene, { times }: CurveModel): { first: number; last: number } {
  const first = Math.max(0, indexAt(times, view.start) - 1);
  return { first, last: Math.min(times.length - 1, indexAt(times, view.end) + 2) };
}

function drawCurve(
  context: CanvasRenderingContext2D,
  scene: Scene,
  curve: CurveModel,
  toY: (bytes: number) => number,
): void {
  const { first, last } = inView(scene, curve);
  context.beginPath();
  for (let index = first; index <= last; index++) {
    context.lineTo(toX(scene, curve.times[index]!), toY(curve.bytes[index]!));
  }
  if (last === curve.times.length - 1) {
    context.lineTo(scene.width, toY(curve.bytes[last]!));
  }
  context.strokeStyle = scene.palette[curve.side];
  context.lineWidth = 1.75;
  context.stroke();
  context.lineWidth = 1;
}

/** What had gone at least (the last count) and at most (the next count), and the room between. */
function drawBounds(
  context: CanvasRenderingContext2D,
  scene: Scene,
  curve: CurveModel,
  toY: (bytes: number) => number,
): void {
  const { first, last } = inView(scene, curve);
  const { times, bytes } = curve;
  const least = new Path2D();
  const room = new Path2D();
  const x = (index: number) => toX(scene, times[index]!);
  for (let index = first; index <= last; index++) {
    if (index > first) {
      const [top, bottom] = [toY(bytes[index]!), toY(bytes[index - 1]!)];
      room.rect(x(index - 1), top, x(index) - x(index - 1), bottom - top);
      least.lineTo(x(index), bottom);
    }
    least.lineTo(x(index), toY(bytes[index]!));
  }
  if (last === times.length - 1) least.lineTo(scene.width, toY(bytes[last]!));
  context.fillStyle = scene.palette[curve.side];
  context.globalAlpha = 0.18;
  context.fill(room);
  context.globalAlpha = 1;
  context.strokeStyle = scene.palette[curve.side];
  context.lineWidth = 1.5;
  context.stroke(least);
  context.lineWidth = 1;
}
