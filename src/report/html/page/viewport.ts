/** A stretch of time in view; never shorter than `SHORTEST`, never beyond the whole. */
export interface Viewport {
  readonly start: number;
  readonly end: number;
}

/** Nanoseconds: traces tell no more. */
const SHORTEST = 1_000;
/** Air on both sides of the whole. */
const MARGIN = 0.02;

/** All of it, with some air. */
export function wholeView(start: number, end: number): Viewport {
  const air = MARGIN * Math.max(end - start, SHORTEST);
  return { start: start - air, end: end + air };
}

/** Zooms by a factor (above 1: closer) so that `at` stays where it is. */
export function zoomView(view: Viewport, factor: number, at: number, whole: Viewport): Viewport {
  const length = clamp((view.end - view.start) / factor, SHORTEST, whole.end - whole.start);
  const share = (at - view.start) / (view.end - view.start);
  return within(at - share * length, length, whole);
}

/** Moves by a length of time. */
export function panView(view: Viewport, by: number, whole: Viewport): Viewport {
  return within(view.start + by, view.end - view.start, whole);
}

/** Shows a stretch, with air around it. */
export function showStretch(start: number, end: number, whole: Viewport, air = 0.08): Viewport {
  const length = clamp((end - start) * (1 + 2 * air), SHORTEST, whole.end - whole.start);
  return within((start + end - length) / 2, length, whole);
}

/** The same view if it holds a stretch, else one of the same length that does. */
export function revealStretch(view: Viewport, start: number, end: number, whole: Viewport) {
  if (start >= view.start && end <= view.end) return view;
  const length = view.end - view.start;
  return end - start > length
    ? showStretch(start, end, whole)
    : within((start + end - length) / 2, length, whole);
}

function within(start: number, length: number, whole: Viewport): Viewport {
  const from = clamp(start, whole.start, Math.max(whole.start, whole.end - length));
  return { start: from, end: from + length };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
