import type { PageModel } from "./page-model.js";

/** Where the lanes of the time line are, in pixels from its top. */
export interface Lanes {
  readonly axis: Band;
  readonly phases: Band;
  readonly source: Band;
  readonly stream: Band;
  readonly destination: Band;
  /** Pages that the guest waited for; of no height where there are none. */
  readonly faults: Band;
  readonly bytes: Band;
  readonly overview: Band;
  readonly height: number;
  /** Height of a row within the lanes of source and destination. */
  readonly row: number;
  /** Where time begins: right of the lanes' names. */
  readonly left: number;
}

export interface Band {
  readonly top: number;
  readonly bottom: number;
}

const ROW = 26;
export const MAX_ROWS = 6;
/** Below this width the lanes' names stand over them. */
const NARROW = 640;

/** Lays the lanes out for a page's width. */
export function layOutLanes(model: PageModel, width: number): Lanes {
  let at = 0;
  const band = (height: number, gap = 0): Band => {
    const top = at + gap;
    at = top + height;
    return { top, bottom: at };
  };
  const rows = (count: number) => Math.min(count, MAX_ROWS) * ROW;
  const narrow = width < NARROW;
  const faulted = model.faults.count > 0;
  const lanes = {
    axis: band(24),
    phases: band(24, 4),
    source: band(rows(model.source.rowCount) + strip(model.source.events), narrow ? 24 : 16),
    stream: band(84),
    destination: band(rows(model.destination.rowCount) + strip(model.destination.events)),
    faults: faulted ? band(76, narrow ? 40 : 30) : band(0),
    bytes: band(model.bytes.length > 0 ? 140 : 0, narrow ? 40 : 30),
    overview: band(5, 10),
  };
  return { ...lanes, height: at + 2, row: ROW, left: narrow ? 8 : 104 };
}

/** Height of the strip that shows where events are. */
export const STRIP = 7;

function strip(events: unknown): number {
  return events ? STRIP + 3 : 0;
}
