import type { Lanes } from "./lanes.js";
import type { PageModel } from "./page-model.js";
import type { Palette } from "./theme.js";
import type { Viewport } from "./viewport.js";

/** All that a picture of the time line depends on. */
export interface Scene {
  readonly model: PageModel;
  readonly lanes: Lanes;
  readonly view: Viewport;
  readonly whole: Viewport;
  readonly width: number;
  readonly palette: Palette;
  readonly selected: number | undefined;
  readonly hovered: number | undefined;
  readonly hoveredFault: number | undefined;
  /** A stretch that is being chosen with the pointer. */
  readonly range: readonly [number, number] | undefined;
}

/** The pixel of a moment. */
export function toX({ view, lanes, width }: Scene, time: number): number {
  const share = (time - view.start) / (view.end - view.start);
  return lanes.left + share * (width - lanes.left);
}

/** The moment of a pixel. */
export function toTime({ view, lanes, width }: Scene, x: number): number {
  const share = (x - lanes.left) / (width - lanes.left);
  return view.start + share * (view.end - view.start);
}
