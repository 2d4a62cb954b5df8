import { type Scene, toX } from "./scene.js";

/** From when and until when an item was saved to when and until when it was loaded. */
export function drawWire(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, palette, selected, hovered } = scene;
  let lastLeft = -1e9;
  let lastRight = -1e9;
  for (let item = 0; item < model.count; item++) {
    const corners = wireCorners(scene, item);
    if (!corners) continue;
    const [a, b, c, d] = corners;
    if (Math.max(b, d) < scene.lanes.left || Math.min(a, c) > scene.width) continue;
    const thin = b - a < 1.2 && d - c < 1.2;
    if (thin && Math.abs(a - lastLeft) < 0.7 && Math.abs(c - lastRight) < 0.7) continue;
    [lastLeft, lastRight] = [a, c];
    context.globalAlpha = model.kinds[item] === "ram" ? 0.3 : 0.22;
    ribbon(context, scene, corners, palette.wire);
  }
  context.globalAlpha = 0.38;
  for (const item of [hovered, selected]) {
    const corners = item === undefined ? undefined : wireCorners(scene, item);
    if (corners) ribbon(context, scene, corners, palette.ink);
  }
  context.globalAlpha = 1;
}

type Corners = readonly [number, number, number, number];

function wireCorners(scene: Scene, item: number): Corners | undefined {
  const { source, destination, placed } = scene.model;
  if (!placed) return undefined;
  if (Number.isNaN(source.start[item]!) || Number.isNaN(destination.start[item]!)) return undefined;
  const at = (time: number | undefined) => toX(scene, time!);
  return [
    at(source.start[item]),
    at(source.end[item]),
    at(destination.start[item]),
    at(destination.end[item]),
  ];
}

function ribbon(
  context: CanvasRenderingContext2D,
  { lanes }: Scene,
  [a, b, c, d]: Corners,
  color: string,
): void {
  const { top, bottom } = lanes.stream;
  const middle = (top + bottom) / 2;
  context.fillStyle = color;
  context.beginPath();
  context.moveTo(a, top);
  context.bezierCurveTo(a, middle, c, middle, c, bottom);
  context.lineTo(Math.max(d, c + 1.2), bottom);
  context.bezierCurveTo(
    Math.max(d, c + 1.2),
    middle,
    Math.max(b, a + 1.2),
    middle,
    Math.max(b, a + 1.2),
    top,
  );
  context.fill();
}
