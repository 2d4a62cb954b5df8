import { byId } from "./dom.js";
import { faultAt } from "./draw-faults.js";
import { drawScene } from "./draw-scene.js";
import { itemAt } from "./hit-test.js";
import { layOutLanes } from "./lanes.js";
import type { PageModel } from "./page-model.js";
import { listenToPointers } from "./pointers.js";
import { type Scene, toTime } from "./scene.js";
import { readPalette } from "./theme.js";
import { showFaultTooltip, showTooltip } from "./tooltip.js";
import {
  panView,
  revealStretch,
  showStretch,
  type Viewport,
  wholeView,
  zoomView,
} from "./viewport.js";

const ZOOM = 1.6;
const PAN = 0.2;

/** The time line: a canvas, what is in view, what is selected; draws once a frame at most. */
export class TimeLine {
  readonly #canvas = byId("canvas") as HTMLCanvasElement;
  readonly #model: PageModel;
  readonly #select: (item: number | undefined) => void;
  #scene: Scene;
  #frame = 0;

  constructor(model: PageModel, select: (item: number | undefined) => void) {
    this.#model = model;
    this.#select = select;
    const whole = wholeView(model.start, model.end);
    this.#scene = {
      ...{ model, whole, view: whole, width: 0, lanes: layOutLanes(model, 0) },
      ...{ palette: readPalette(), selected: undefined, range: undefined },
      ...{ hovered: undefined, hoveredFault: undefined },
    };
    this.#resize();
    new ResizeObserver(() => this.#resize()).observe(this.#canvas.parentElement!);
    listenToPointers(this.#canvas, {
      pan: (pixels) => this.#pan(this.#length(pixels)),
      zoom: (factor, x) => this.zoom(factor, toTime(this.#scene, x)),
      hover: (x, y) => this.#hover(x, y),
      leave: () => this.#leave(),
      click: (x, y) => this.#select(itemAt(this.#scene, x, y)),
      range: (from, to, done) => this.#range(from, to, done),
      open: (x, y) => this.#open(itemAt(this.#scene, x, y), x),
    });
    this.#canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const action = this.#keys[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }

  readonly #keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => this.#pan(-PAN * this.#duration),
    ArrowRight: () => this.#pan(PAN * this.#duration),
    ArrowUp: () => this.zoom(ZOOM),
    ArrowDown: () => this.zoom(1 / ZOOM),
    "+": () => this.zoom(ZOOM),
    "=": () => this.zoom(ZOOM),
    "-": () => this.zoom(1 / ZOOM),
    "0": () => this.showAll(),
    Home: () => this.showAll(),
    d: () => this.showDowntime(),
    n: () => this.step(1),
    p: () => this.step(-1),
    Enter: () => this.#open(this.#scene.selected),
    Escape: () => this.#select(undefined),
  };

  /** Marks an item and brings it into view. */
  mark(item: number | undefined): void {
    this.#update({ selected: item });
    const stretch = item === undefined ? undefined : this.#stretch(item);
    if (stretch) this.#show(revealStretch(this.#scene.view, ...stretch, this.#scene.whole));
  }

  /** Takes over colours that have changed. */
  recolour(): void {
    this.#update({ palette: readPalette() });
  }

  zoom(factor: number, at = (this.#scene.view.start + this.#scene.view.end) / 2): void {
    this.#show(zoomView(this.#scene.view, factor, at, this.#scene.whole));
  }

  showAll(): void {
    this.#show(this.#scene.whole);
  }

  showDowntime(): void {
    const { downtime } = this.#model;
    if (downtime) this.#show(showStretch(...downtime, this.#scene.whole));
  }

  /** Selects the next item that has a time, or the one before. */
  step(by: 1 | -1): void {
    const { selected } = this.#scene;
    const { count } = this.#model;
    let item = selected === undefined ? (by > 0 ? 0 : count - 1) : selected + by;
    while (item >= 0 && item < count && !this.#stretch(item)) item += by;
    if (item >= 0 && item < count) this.#select(item);
  }

  get #duration(): number {
    return this.#scene.view.end - this.#scene.view.start;
  }

  #length(pixels: number): number {
    const { width, lanes } = this.#scene;
    return (pixels / Math.max(1, width - lanes.left)) * this.#duration;
  }

  #stretch(item: number): [number, number] | undefined {
    const { source, destination } = this.#model;
    const times = [source.start, source.end, destination.start, destination.end]
      .map((column) => column[item]!)
      .filter((time) => !Number.isNaN(time));
    return times.length > 0 ? [Math.min(...times), Math.max(...times)] : undefined;
  }

  #pan(by: number): void {
    this.#show(panView(this.#scene.view, by, this.#scene.whole));
  }

  #show(view: Viewport): void {
    this.#update({ view });
  }

  /** Zooms to an item, or closer to where there is none. */
  #open(item: number | undefined, x?: number): void {
    const stretch = item === undefined ? undefined : this.#stretch(item);
    if (stretch) this.#show(showStretch(...stretch, this.#scene.whole, 0.4));
    else if (x !== undefined) this.zoom(ZOOM * ZOOM, toTime(this.#scene, x));
  }

  #hover(x: number, y: number): void {
    const hovered = itemAt(this.#scene, x, y);
    const hoveredFault = faultAt(this.#scene, x, y);
    const scene = this.#scene;
    if (hovered !== scene.hovered || hoveredFault !== scene.hoveredFault) {
      this.#update({ hovered, hoveredFault });
    }
    this.#canvas.style.cursor = hovered === undefined ? "" : "pointer";
    if (hoveredFault === undefined) showTooltip(this.#model, hovered, x, y);
    else showFaultTooltip(this.#model, hoveredFault, x, y);
  }

  #leave(): void {
    this.#update({ hovered: undefined, hoveredFault: undefined });
    showTooltip(this.#model, undefined, 0, 0);
  }

  #range(from: number, to: number, done: boolean): void {
    const [a, b] = [toTime(this.#scene, from), toTime(this.#scene, to)];
    this.#update({ range: done ? undefined : [a, b] });
    if (done && Math.abs(to - from) > 4) {
      this.#show(showStretch(Math.min(a, b), Math.max(a, b), this.#scene.whole, 0));
    }
  }

  #resize(): void {
    const width = this.#canvas.parentElement!.clientWidth;
    if (width === this.#scene.width) return;
    const lanes = layOutLanes(this.#model, width);
    const ratio = devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(lanes.height * ratio);
    this.#canvas.style.height = `${lanes.height}px`;
    this.#scene = { ...this.#scene, width, lanes };
    this.#draw();
  }

  #update(change: Partial<Scene>): void {
    this.#scene = { ...this.#scene, ...change };
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    const ratio = this.#canvas.width / Math.max(1, this.#scene.width);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawScene(context, this.#scene);
    this.#canvas.dataset.drawn = String(this.#model.count);
  }
}
