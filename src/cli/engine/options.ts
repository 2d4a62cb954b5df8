import { InvalidArgumentError } from "commander";

/** An option of seconds, as milliseconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0)) {
    throw new InvalidArgumentError("It is no number of seconds.");
  }
  return value * 1000;
}
