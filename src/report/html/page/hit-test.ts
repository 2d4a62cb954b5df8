import { rowsTop, shownRow } from "./draw-side.js";
import { type Scene, toX } from "./scene.js";

/** How near a pointer must be to an item that is thinner than that. */
const NEAR = 5;

/** The item under a pointer: in the lanes of either side, or on its way between them. */
export function itemAt(scene: Scene, x: number, y: number): number | undefined {
  const { lanes } = scene;
  if (x < lanes.left) return undefined;
  for (const side of ["source", "destination"] as const) {
    const { top, bottom } = lanes[side];
    if (y >= top && y <= bottom) {
      const row = Math.floor((y - rowsTop(scene, side)) / lanes.row);
      return nearest(scene, x, (item) => {
        const { rows, start, end } = scene.model[side];
        return shownRow(rows[item]!) === row ? [start[item]!, end[item]!] : undefined;
      });
    }
  }
  const { top, bottom } = lanes.stream;
  if (y < top || y > bottom) return undefined;
  const share = (y - top) / (bottom - top);
  const along = share * share * (3 - 2 * share);
  const { source, destination, placed } = scene.model;
  if (!placed) return undefined;
  return nearest(scene, x, (item) => [
    source.start[item]! + along * (destination.start[item]! - source.start[item]!),
    source.end[item]! + along * (destination.end[item]! - source.end[item]!),
  ]);
}

/** The item whose stretch is nearest to a pixel, if it is near. */
function nearest(
  scene: Scene,
  x: number,
  stretch: (item: number) => readonly [number, number] | undefined,
): number | undefined {
  let best: number | undefined;
  let least = NEAR;
  for (let item = 0; item < scene.model.count; item++) {
    const found = stretch(item);
    if (!found || Number.isNaN(found[0])) continue;
    const distance = Math.max(toX(scene, found[0]) - x, x - toX(scene, found[1]), 0);
    if (distance >= least) continue;
    [best, least] = [item, distance];
    if (distance === 0) break;
  }
  return best;
}
