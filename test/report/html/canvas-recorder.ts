import type { Page } from "playwright-core";

/** What was drawn last, in CSS pixels from the canvas's left top corner. */
export interface Drawing {
  readonly rects: readonly DrawnRect[];
  readonly texts: readonly DrawnText[];
  /** Lines and areas, by the points that they go through. */
  readonly paths: readonly DrawnPath[];
  /** Of the area that is left to the time line, right of the lanes' names. */
  readonly left: number;
  readonly right: number;
}

export interface DrawnRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
}

export interface DrawnText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

export interface DrawnPath {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly color: string;
}

/** Keeps what pages of a browser draw, from their start on. */
export async function recordCanvas(page: Page): Promise<void> {
  await page.addInitScript(recorder);
}

/** What is on the page's canvas, after all that was asked for has been drawn. */
export async function drawingOf(page: Page): Promise<Drawing> {
  return await page.evaluate<Drawing>(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(drawing))))",
  );
}

/** Runs in the page: each call of a drawing function is kept, by the transform that is in force. */
const recorder = `{
  const drawn = () => ({ rects: [], texts: [], paths: [], left: undefined, right: undefined });
  window.drawing = drawn();
  const context = CanvasRenderingContext2D.prototype;
  const points = new WeakMap();
  const wrap = (prototype, name, before) => {
    const original = prototype[name];
    prototype[name] = function (...values) {
      before.call(this, ...values);
      return original.apply(this, values);
    };
  };
  const place = (target, x, y) => {
    const { a, d, e, f } = target.getTransform();
    const { canvas } = target;
    const { width, height } = canvas.getBoundingClientRect();
    return [((a * x + e) * width) / canvas.width, ((d * y + f) * height) / canvas.height];
  };
  const rectOf = (target, x, y, width, height) => {
    const [left, top] = place(target, x, y);
    const [right, bottom] = place(target, x + width, y + height);
    return { x: left, y: top, width: right - left, height: bottom - top, color: target.fillStyle };
  };
  wrap(context, "fillRect", function (...values) {
    const rect = rectOf(this, ...values);
    const whole = this.canvas.getBoundingClientRect();
    // A picture starts with its background.
    if (rect.width > whole.width - 1 && rect.height > whole.height - 3) window.drawing = drawn();
    else drawing.rects.push(rect);
  });
  wrap(context, "fillText", function (text, x, y) {
    const [left, top] = place(this, x, y);
    drawing.texts.push({ text, x: left, y: top });
  });
  wrap(context, "beginPath", function () {
    points.set(this, []);
  });
  for (const target of [context, Path2D.prototype]) {
    const add = (path, x, y) => points.set(path, [...(points.get(path) ?? []), [x, y]]);
    for (const name of ["moveTo", "lineTo"])
      wrap(target, name, function (x, y) { add(this, x, y); });
    wrap(target, "bezierCurveTo", function (a, b, c, d, x, y) { add(this, x, y); });
    wrap(target, "rect", function (x, y, width, height) {
      add(this, x, y);
      add(this, x + width, y + height);
    });
  }
  const keep = (target, path, color) => {
    const found = (points.get(path ?? target) ?? []).map(([x, y]) => place(target, x, y));
    drawing.paths.push({ points: found, color });
  };
  wrap(context, "fill", function (path) {
    keep(this, path instanceof Path2D ? path : undefined, this.fillStyle);
  });
  wrap(context, "stroke", function (path) {
    keep(this, path, this.strokeStyle);
  });
  wrap(context, "clip", function () {
    const [[x, y], [right, bottom]] = points.get(this);
    drawing.left ??= place(this, x, y)[0];
    drawing.right ??= place(this, right, bottom)[0];
  });
}`;

/** A scale that a drawing shows by its labels: values to pixels and back. */
export interface Scale {
  readonly toPixel: (value: number) => number;
  readonly toValue: (pixel: number) => number;
}

/** The scale through the labels that are farthest apart. */
export function scaleOf(labels: readonly (readonly [value: number, pixel: number])[]): Scale {
  const sorted = [...labels].sort((a, b) => a[1] - b[1]);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last || first === last) throw new Error("a scale needs two labels");
  const step = (last[0] - first[0]) / (last[1] - first[1]);
  return {
    toPixel: (value) => first[1] + (value - first[0]) / step,
    toValue: (pixel) => first[0] + (pixel - first[1]) * step,
  };
}

/** The axis of time, by the labels on top: nanoseconds since the start. Its lines are on whole pixels. */
export function timeScale({ texts }: Drawing): Scale {
  const top = Math.min(...texts.map(({ y }) => y));
  const labels = texts.filter(({ y }) => y === top);
  return scaleOf(
    labels.map(({ text, x }) => {
      const value = /^(-?[\d,]+(?:\.\d+)?) ms$/.exec(text)?.[1];
      if (value === undefined) throw new Error(`not a time: ${text}`);
      return [Number(value.replaceAll(",", "")) * 1e6, x - 0.5];
    }),
  );
}
