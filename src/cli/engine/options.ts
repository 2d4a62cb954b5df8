import { InvalidArgumentError } from "commander";

/** Milliseconds for a connection to be made, if nothing else is said. */
export const CONNECT_TIMEOUT = 10_000;

/** Milliseconds that a timer can wait at most: one that should wait longer does not wait at all. */
const LONGEST = 2 ** 31 - 1;

/** An option of seconds, as milliseconds. */
export function seconds(text: string): number {
  const value = /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? 1000 * Number(text) : 0;
  if (value === 0) throw new InvalidArgumentError("It is no number of seconds.");
  if (value > LONGEST) throw new InvalidArgumentError("It is more than 24 days.");
  return value;
}

/** An option of bytes a second: `8M`, `500K`, `1G`, or a plain number. */
export function rate(text: string): number {
  const value = bytesOf(text);
  if (value === undefined) throw new InvalidArgumentError("It is no rate such as 8M.");
  return value;
}

/** An option of bytes: `4G`, `512M`, or a plain number. */
export function size(text: string): number {
  const value = bytesOf(text);
  if (value === undefined) throw new InvalidArgumentError("It is not a size such as 4G.");
  return value;
}

function bytesOf(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)$/i.exec(text) ?? [];
  const value = Number(digits) * 1024 ** ["", "K", "M", "G", "T"].indexOf(unit.toUpperCase());
  return value >= 1 && Number.isSafeInteger(Math.floor(value)) ? value : undefined;
}
