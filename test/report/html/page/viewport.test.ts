import { expect, test } from "vitest";
import {
  panView,
  revealStretch,
  showStretch,
  wholeView,
  zoomView,
} from "../../../../src/report/html/page/viewport.js";

const whole = { start: 0, end: 1_000_000 };

test("the whole has air on both sides", () => {
  expect(wholeView(0, 1_000_000)).toEqual({ start: -20_000, end: 1_020_000 });
});

test("zooming leaves the moment under the pointer where it is", () => {
  expect(zoomView(whole, 2, 250_000, whole)).toEqual({ start: 125_000, end: 625_000 });
});

test("zooming ends at a microsecond, and at the whole", () => {
  const close = zoomView(whole, 1e9, 500_000, whole);
  expect(close.end - close.start).toBe(1_000);
  expect(zoomView(close, 1e-9, 500_000, whole)).toEqual(whole);
});

test("panning stops at the edges", () => {
  const view = { start: 100_000, end: 200_000 };
  expect(panView(view, 50_000, whole)).toEqual({ start: 150_000, end: 250_000 });
  expect(panView(view, -500_000, whole)).toEqual({ start: 0, end: 100_000 });
  expect(panView(view, 5_000_000, whole)).toEqual({ start: 900_000, end: 1_000_000 });
});

test("a stretch is shown with air around it", () => {
  expect(showStretch(400_000, 500_000, whole, 0.5)).toEqual({ start: 350_000, end: 550_000 });
});

test("what is in view already does not move it; what is not comes to its middle", () => {
  const view = { start: 100_000, end: 200_000 };
  expect(revealStretch(view, 150_000, 160_000, whole)).toBe(view);
  expect(revealStretch(view, 600_000, 610_000, whole)).toEqual({ start: 555_000, end: 655_000 });
});
