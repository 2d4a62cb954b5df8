import type uPlot from "uplot";
import { readPalette } from "../../html/page/theme.js";

/** Axes in the page's colours, of a plot as wide as its place. */
export function plotOptions(
  place: HTMLElement,
  height: number,
): Pick<uPlot.Options, "width" | "height"> {
  return { width: Math.max(320, place.clientWidth), height };
}

/** An axis as all plots have it. */
export function axis(label: string, values?: uPlot.Axis.Values): uPlot.Axis {
  const { quiet, line, font } = readPalette();
  return {
    label,
    labelFont: `12px ${font}`,
    font: `12px ${font}`,
    stroke: quiet,
    labelSize: 22,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1 },
    ...(values && { values }),
  };
}

const DAY = 24 * 60 * 60;

/** Moments in UTC: the day, and between days the time. */
export function moments(_plot: uPlot, seconds: readonly number[]): string[] {
  return seconds.map((at) => {
    const text = new Date(at * 1000).toISOString();
    return at % DAY === 0 ? text.slice(0, 10) : text.slice(11, 16);
  });
}

/** Powers of ten, and between them no labels. */
export function powers(_plot: uPlot, values: readonly number[]): (string | null)[] {
  return values.map((value) => (isPower(value) ? String(value) : null));
}

function isPower(value: number): boolean {
  const power = Math.log10(value);
  return Math.abs(power - Math.round(power)) < 1e-9;
}
