/** Text that fits, else a beginning of it, else nothing. */
export function drawLabel(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  room: number,
): void {
  if (room < 12) return;
  const width = context.measureText(text).width;
  if (width <= room) {
    context.fillText(text, x, y);
    return;
  }
  const count = Math.floor((text.length * (room - 8)) / width);
  if (count >= 2) context.fillText(`${text.slice(0, count).trimEnd()}…`, x, y);
}
