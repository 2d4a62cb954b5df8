import { expect } from "vitest";

/** Nanoseconds and bytes of a unit. */
const UNITS: Readonly<Record<string, number>> = {
  ...{ ns: 1, µs: 1e3, ms: 1e6, s: 1e9 },
  ...{ B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 },
  ...{ "%": 0.01, "": 1 },
};

/** A figure as a report shows it. */
export interface Figure {
  /** `≤` or `~` before it. */
  readonly sign: string;
  /** Nanoseconds, bytes, a share or a count. */
  readonly value: number;
  /** Half of its last digit. */
  readonly precision: number;
}

/** Reads a figure; `unit` is that of a column whose cells have none. */
export function readFigure(text: string, unit = ""): Figure {
  const found = /^(≤ |~|)(-?[\d,]+)(\.\d+)? ?(\D*?)(\/s)?$/.exec(text);
  if (!found) throw new Error(`not a figure: "${text}"`);
  const [, sign = "", whole = "", fraction = "", named] = found;
  const factor = UNITS[named || unit];
  if (factor === undefined) throw new Error(`unknown unit: "${text}"`);
  const digits = Math.max(0, fraction.length - 1);
  return {
    sign: sign.trim(),
    value: Number(whole.replaceAll(",", "") + fraction) * factor,
    precision: (factor / 2) * 10 ** -digits,
  };
}

/** Expects that a text shows a value, rounded to the digits that it has; a dash where it is unknown. */
export function expectFigure(
  text: string | undefined,
  value: bigint | number | undefined,
  unit = "",
  sign = "",
): void {
  if (value === undefined) {
    expect(text).toBe("–");
    return;
  }
  const figure = readFigure(text ?? "", unit);
  const message = `"${text}" for ${value}`;
  expect(figure.sign, message).toBe(sign);
  const off = Math.abs(figure.value - Number(value));
  expect(off, message).toBeLessThanOrEqual(figure.precision * (1 + 1e-6) + 1e-9);
}
