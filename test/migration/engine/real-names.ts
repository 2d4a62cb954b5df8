import { readFileSync } from "node:fs";
import { sharedPath } from "../../support/tools.js";
import type { End } from "./traced-names.js";

/** The names of the events in a log that QEMU wrote. */
export function realNames(recording: string, end: End): string[] {
  const log = readFileSync(sharedPath("recordings", recording, `${end}.log`), "utf8");
  const lines = log.split("\n").filter((line) => line !== "");
  return lines.map((line) => line.split(" ")[1]!);
}
