import { drawByteScale, drawBytes } from "./draw-bytes.js";
import { drawFaultScale, drawFaults } from "./draw-faults.js";
import { drawLabel } from "./draw-label.js";
import { drawNames } from "./draw-names.js";
import { drawSide } from "./draw-side.js";
import { drawWire } from "./draw-wire.js";
import { type Scene, toX } from "./scene.js";
import { ticks, timeLabel } from "./ticks.js";

/** Draws the whole time line. */
export function drawScene(context: CanvasRenderingContext2D, scene: Scene): void {
  const { lanes, palette, width } = scene;
  context.fillStyle = palette.panel;
  context.fillRect(0, 0, width, lanes.height);
  context.textBaseline = "middle";
  context.save();
  context.beginPath();
  context.rect(lanes.left, 0, width - lanes.left, lanes.height);
  context.clip();
  drawDowntime(context, scene);
  drawAxis(context, scene);
  drawPhases(context, scene);
  drawWire(context, scene);
  drawSide(context, scene, "source");
  drawSide(context, scene, "destination");
  drawFaults(context, scene);
  drawBytes(context, scene);
  drawRange(context, scene);
  context.restore();
  drawNames(context, scene);
  drawByteScale(context, scene);
  drawFaultScale(context, scene);
  drawOverview(context, scene);
}

function drawDowntime(context: CanvasRenderingContext2D, scene: Scene): void {
  const { downtime } = scene.model;
  if (!downtime) return;
  const { phases, source, bytes } = scene.lanes;
  const { bottom } = scene.model.isAcross ? bytes : source;
  const [left, right] = [toX(scene, downtime[0]), toX(scene, downtime[1])];
  context.fillStyle = scene.palette.shade;
  context.fillRect(left, phases.top, Math.max(1, right - left), bottom - phases.top);
}

function drawAxis(context: CanvasRenderingContext2D, scene: Scene): void {
  const { view, lanes, palette, width } = scene;
  const count = Math.max(2, Math.floor((width - lanes.left) / 120));
  const { step, at } = ticks(view.start, view.end, count);
  context.font = `11px ${palette.font}`;
  context.textAlign = "center";
  for (const time of at) {
    const x = Math.round(toX(scene, time)) + 0.5;
    context.strokeStyle = palette.line;
    line(context, x, lanes.axis.bottom - 2, x, lanes.bytes.bottom);
    context.fillStyle = palette.quiet;
    context.fillText(timeLabel(time, step), x, lanes.axis.top + 12);
  }
}

function drawPhases(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, lanes, palette } = scene;
  const { top, bottom } = lanes.phases;
  context.font = `11px ${palette.font}`;
  context.textAlign = "left";
  for (const { name, start, end } of model.phases) {
    const left = Math.max(lanes.left - 1, toX(scene, start));
    const right = Math.min(scene.width + 1, toX(scene, end));
    if (right <= lanes.left || left >= scene.width) continue;
    context.fillStyle = palette.line;
    context.fillRect(left, top, Math.max(1, right - left - 1), bottom - top);
    context.fillStyle = palette.ink;
    drawLabel(context, name, left + 7, (top + bottom) / 2 + 0.5, right - left - 14);
  }
  for (const { side, at } of model.checkpoints) {
    context.fillStyle = palette[side];
    context.fillRect(toX(scene, at) - 0.5, side === "source" ? top : bottom - 6, 1.5, 6);
  }
}

function drawRange(context: CanvasRenderingContext2D, scene: Scene): void {
  if (!scene.range) return;
  const [from, to] = scene.range.map((time) => toX(scene, time)) as [number, number];
  context.fillStyle = scene.palette.ink;
  context.globalAlpha = 0.12;
  context.fillRect(Math.min(from, to), 0, Math.abs(to - from), scene.lanes.height);
  context.globalAlpha = 1;
}

/** Which part of the whole is in view. */
function drawOverview(context: CanvasRenderingContext2D, scene: Scene): void {
  const { lanes, palette, view, whole, width } = scene;
  const { top, bottom } = lanes.overview;
  const length = width - lanes.left;
  const at = (time: number) => ((time - whole.start) / (whole.end - whole.start)) * length;
  context.fillStyle = palette.line;
  context.fillRect(lanes.left, top, length, bottom - top);
  context.fillStyle = palette.faint;
  const size = Math.max(6, at(view.end) - at(view.start));
  context.fillRect(lanes.left + Math.min(at(view.start), length - size), top, size, bottom - top);
}

function line(context: CanvasRenderingContext2D, x: number, y: number, x2: number, y2: number) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x2, y2);
  context.stroke();
}
