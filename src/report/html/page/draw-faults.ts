import { type Scene, toX } from "./scene.js";
import { durationText } from "./words.js";

/** The shortest wait that has a height of its own: 10 µs. */
const LEAST = 1e4;
const THICK = 3;
/** How near a pointer must be to a bar, in pixels. */
const NEAR = 6;

/** Each wait for a page as a bar as long as it was, and the higher the longer. */
export function drawFaults(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, lanes, palette, width, hoveredFault } = scene;
  const { faults } = model;
  if (faults.count === 0) return;
  context.strokeStyle = palette.line;
  for (const duration of scaleOf(scene)) {
    const y = Math.round(heightOf(scene, duration)) + 0.5;
    context.beginPath();
    context.moveTo(lanes.left, y);
    context.lineTo(width, y);
    context.stroke();
  }
  context.fillStyle = palette.destination;
  context.globalAlpha = 0.6;
  for (let fault = 0; fault < faults.count; fault++) bar(context, scene, fault);
  context.globalAlpha = 1;
  if (hoveredFault === undefined) return;
  context.fillStyle = palette.ink;
  bar(context, scene, hoveredFault);
}

/** What the heights stand for, left of them; within them where the page is narrow. */
export function drawFaultScale(context: CanvasRenderingContext2D, scene: Scene): void {
  const { lanes, palette, model } = scene;
  if (model.faults.count === 0) return;
  const narrow = lanes.left < 50;
  context.font = `11px ${palette.font}`;
  context.textAlign = narrow ? "left" : "right";
  context.fillStyle = palette.quiet;
  for (const duration of scaleOf(scene)) {
    const text = durationText(duration).replace(/\.0+ /, " ");
    context.fillText(text, lanes.left + (narrow ? 6 : -8), heightOf(scene, duration));
  }
}

/** The wait whose bar is nearest to a pointer, if it is near. */
export function faultAt(scene: Scene, x: number, y: number): number | undefined {
  const { faults } = scene.model;
  const { top, bottom } = scene.lanes.faults;
  if (faults.count === 0 || y < top - NEAR || y > bottom + NEAR) return undefined;
  let best: number | undefined;
  let least = NEAR;
  for (let fault = 0; fault < faults.count; fault++) {
    const start = faults.start[fault]!;
    const across = Math.max(
      toX(scene, start) - x,
      x - toX(scene, start + faults.duration[fault]!),
      0,
    );
    const distance = Math.max(across, Math.abs(heightOf(scene, faults.duration[fault]!) - y));
    if (distance < least) [best, least] = [fault, distance];
  }
  return best;
}

function bar(context: CanvasRenderingContext2D, scene: Scene, fault: number): void {
  const { faults } = scene.model;
  const start = faults.start[fault]!;
  const duration = faults.duration[fault]!;
  const left = toX(scene, start);
  const right = toX(scene, start + duration);
  if (right < scene.lanes.left || left > scene.width) return;
  const y = heightOf(scene, duration) - THICK / 2;
  context.fillRect(left, y, Math.max(2, right - left), THICK);
}

/** The powers of ten within the scale. */
function scaleOf({ model }: Scene): number[] {
  const marks: number[] = [];
  for (let mark = LEAST; mark <= Math.max(model.faults.longest, LEAST * 10); mark *= 10)
    marks.push(mark);
  return marks;
}

/** By the logarithm: from microseconds to a tenth of a second waits spread over four powers of ten. */
function heightOf({ model, lanes }: Scene, duration: number): number {
  const { top, bottom } = lanes.faults;
  const most = Math.log10(Math.max(model.faults.longest, LEAST * 10) / LEAST);
  const share = Math.log10(Math.max(duration, LEAST) / LEAST) / most;
  return bottom - 4 - share * (bottom - top - 8);
}
