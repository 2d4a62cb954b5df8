/** What pointers do to the time line; places are pixels within it. */
export interface PointerActions {
  readonly pan: (pixels: number) => void;
  readonly zoom: (factor: number, x: number) => void;
  readonly hover: (x: number, y: number) => void;
  readonly leave: () => void;
  readonly click: (x: number, y: number) => void;
  readonly range: (from: number, to: number, done: boolean) => void;
  readonly open: (x: number, y: number) => void;
}

/** A pointer that moved less far has clicked. */
const CLICK = 4;

/** Mouse, pen and fingers: drag pans, shift-drag takes a range, two fingers and the wheel zoom. */
export function listenToPointers(canvas: HTMLCanvasElement, actions: PointerActions): void {
  const down = new Map<number, { x: number; y: number }>();
  let moved = 0;
  let rangeFrom: number | undefined;
  const place = (event: MouseEvent) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place(event));
    moved = 0;
    rangeFrom = event.shiftKey ? place(event).x : undefined;
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = down.get(event.pointerId);
    if (!before) return actions.hover(at.x, at.y);
    moved += Math.abs(at.x - before.x);
    if (rangeFrom !== undefined) actions.range(rangeFrom, at.x, false);
    else if (down.size === 2) pinch(event.pointerId, at);
    else if (moved >= CLICK) actions.pan(before.x - at.x);
    down.set(event.pointerId, at);
  });
  const pinch = (id: number, at: { x: number }) => {
    const before = down.get(id)!;
    const other = [...down].find(([key]) => key !== id)![1];
    const [was, is] = [Math.abs(before.x - other.x), Math.abs(at.x - other.x)];
    if (was > 8 && is > 8) actions.zoom(is / was, (at.x + other.x) / 2);
    actions.pan((before.x - at.x) / 2);
  };
  canvas.addEventListener("pointerup", (event) => {
    if (!down.delete(event.pointerId)) return;
    const { x, y } = place(event);
    if (rangeFrom !== undefined) actions.range(rangeFrom, x, true);
    else if (moved < CLICK) actions.click(x, y);
    rangeFrom = undefined;
  });
  canvas.addEventListener("pointercancel", (event) => down.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => actions.leave());
  canvas.addEventListener("dblclick", (event) => actions.open(place(event).x, place(event).y));
  canvas.addEventListener(
    "wheel",
    (event) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const zooms = event.ctrlKey || event.metaKey || document.activeElement === canvas;
      if (!sideways && !zooms) return;
      event.preventDefault();
      if (sideways) actions.pan(event.deltaX);
      else actions.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), place(event).x);
    },
    { passive: false },
  );
}
