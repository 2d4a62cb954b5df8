import pc from "picocolors";
import type { Palette } from "../diagnostics/print-problem.js";

/** Colours of problems, or none. */
export function paletteOf(colors: boolean): Palette {
  const { red, yellow, dim } = pc.createColors(colors);
  return { error: red, warning: yellow, dim };
}
